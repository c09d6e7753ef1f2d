import type { IDataMarket } from "@sharebridge/contracts";
import type { Result } from "ethers";

/** Terms read from a market, as an object that another market can be made of. */
export function termsObject(terms: IDataMarket.TermsStructOutput): IDataMarket.TermsStruct {
  return (terms as unknown as Result).toObject() as unknown as IDataMarket.TermsStruct;
}
