/** The endpoint `computation`: one parameter, the request's id. Parameters themselves never travel this way. */
import { AdapterEndpoint } from "@chainlink/external-adapter-framework/adapter/index.js";
import type { AdapterConfig } from "@chainlink/external-adapter-framework/config/index.js";
import { InputParameters } from "@chainlink/external-adapter-framework/validation/index.js";
import type { ProvenAnswer } from "../committee/proof.ts";
import type { Definition } from "../settings/read.ts";
import type { ComputationTransport } from "./transport.ts";

const inputParameters = new InputParameters(
  {
    requestId: {
      required: true,
      type: "string",
      description: "Id of the request, as in ComputationRequested: 0x and 64 hexadecimal digits",
    },
  },
  [{ requestId: `0x${"5b".repeat(32)}` }],
);

export interface ComputationTypes {
  Parameters: typeof inputParameters.definition;
  Response: { Data: ProvenAnswer; Result: null };
  Settings: AdapterConfig<Definition>["settings"];
}

export function computationEndpoint(transport: ComputationTransport): AdapterEndpoint<ComputationTypes> {
  return new AdapterEndpoint({ name: "computation", transport, inputParameters });
}
