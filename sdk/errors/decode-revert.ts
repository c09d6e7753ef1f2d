import {
  IAlgorithmRegistry__factory,
  ICommitteeRegistry__factory,
  IDataMarket__factory,
  IDataMarketFactory__factory,
  IDatasetRegistry__factory,
  IMarketUpkeep__factory,
  IOperatorGateway__factory,
} from "@sharebridge/contracts";
import { AbiCoder, dataSlice, Interface, type ParamType, type Result } from "ethers";
import { CONTRACT_SENTENCES, REVERT_TEXTS } from "./contract-sentences.ts";

/** A custom error of a contract, or of one that it called. */
export interface DecodedRevert {
  /** Name of the custom error; "Error" for a text, "Panic" for a panic, "Unknown" for data that no ABI explains. */
  name: string;
  args: Record<string, unknown>;
  /** What was wrong and what to do. */
  sentence: string;
}

const LIBRARY_ERRORS = new Interface([
  "error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed)",
  "error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed)",
  "error ERC20InvalidApprover(address approver)",
  "error ERC20InvalidReceiver(address receiver)",
  "error ERC20InvalidSender(address sender)",
  "error ERC20InvalidSpender(address spender)",
  "error ERC721IncorrectOwner(address sender, uint256 tokenId, address owner)",
  "error ERC721InsufficientApproval(address operator, uint256 tokenId)",
  "error ERC721InvalidApprover(address approver)",
  "error ERC721InvalidOperator(address operator)",
  "error ERC721InvalidOwner(address owner)",
  "error ERC721InvalidReceiver(address receiver)",
  "error ERC721InvalidSender(address sender)",
  "error ERC721NonexistentToken(uint256 tokenId)",
  "error SafeERC20FailedOperation(address token)",
  "error ECDSAInvalidSignature()",
  "error ECDSAInvalidSignatureLength(uint256 length)",
  "error ECDSAInvalidSignatureS(bytes32 s)",
  "error ReentrancyGuardReentrantCall()",
  "error FailedDeployment()",
  "error InsufficientBalance(uint256 balance, uint256 needed)",
  "error InvalidInitialization()",
  "error NotInitializing()",
  "error InvalidShortString()",
  "error StringTooLong(string str)",
  "error StringsInsufficientHexLength(uint256 value, uint256 length)",
  "error OwnableInvalidOwner(address owner)",
  "error OwnableUnauthorizedAccount(address account)",
  "error MaxSupplyExceeded(uint256 supplyAfterMint)",
  "error SenderNotBurner(address sender)",
  "error SenderNotMinter(address sender)",
  "error NotFactory(address caller)",
  "error OnlyMarket(address caller, address market)",
  "error NotOurRequest(bytes32 requestId)",
  "error FeeAboveMaximum(uint256 feeJuels, uint256 maxFeeJuels)",
  "error OnlyOwner(address caller)",
  "error OnlyDeployer(address caller)",
]);

const INTERFACES: readonly Interface[] = [
  IDataMarket__factory.createInterface(),
  IDatasetRegistry__factory.createInterface(),
  IAlgorithmRegistry__factory.createInterface(),
  ICommitteeRegistry__factory.createInterface(),
  IDataMarketFactory__factory.createInterface(),
  IMarketUpkeep__factory.createInterface(),
  IOperatorGateway__factory.createInterface(),
  LIBRARY_ERRORS,
];

const ERROR_TEXT = "0x08c379a0";
const PANIC = "0x4e487b71";

/**
 * Explains revert data, also where a contract wrapped them in an error of its own (an argument of type `bytes` that
 * holds revert data).
 *
 * @example
 * decodeRevert("0x356680b7…").sentence; // "… has 5 of the token, 10 are needed. …"
 */
export function decodeRevert(data: string): DecodedRevert {
  if (data === "0x" || data === "") {
    return {
      name: "Unknown",
      args: {},
      sentence: "The contract refused without saying why. Check the address, and that the gas suffices.",
    };
  }
  const selector = data.slice(0, 10);
  if (selector === ERROR_TEXT) return decodeText(data);
  if (selector === PANIC) return decodePanic(data);
  for (const contract of INTERFACES) {
    const parsed = tryParse(contract, data);
    if (parsed === null) continue;
    const args = namedArguments(parsed.fragment.inputs, parsed.args);
    const inner = Object.values(args).find((value) => looksLikeRevert(value));
    const sentence = fill(CONTRACT_SENTENCES[parsed.name] ?? `The contract refused: ${parsed.name}.`, args);
    return {
      name: parsed.name,
      args,
      sentence: inner === undefined ? sentence : `${sentence} ${decodeRevert(String(inner)).sentence}`,
    };
  }
  return {
    name: "Unknown",
    args: {},
    sentence: `The contract refused with an error (${selector}) that this SDK does not know. Is it of the same version?`,
  };
}

/** True when revert data name an error that the SDK explains. */
export function isKnownRevert(data: unknown): data is string {
  return looksLikeRevert(data);
}

function looksLikeRevert(value: unknown): boolean {
  if (typeof value !== "string" || !/^0x[0-9a-f]{8}/i.test(value) || value.length % 64 !== 10) return false;
  const selector = value.slice(0, 10);
  if (selector === ERROR_TEXT || selector === PANIC) return true;
  return INTERFACES.some((contract) => tryParse(contract, value) !== null);
}

function tryParse(contract: Interface, data: string) {
  try {
    return contract.parseError(data);
  } catch {
    return null; // A selector of ours over arguments that do not decode.
  }
}

function namedArguments(inputs: readonly ParamType[], values: Result): Record<string, unknown> {
  return Object.fromEntries(inputs.map((input, index) => [input.name || String(index), values[index] as unknown]));
}

function decodeText(data: string): DecodedRevert {
  const text = decodeOne("string", data) as string | null;
  if (text === null)
    return { name: "Error", args: {}, sentence: "The contract refused with a text that cannot be read." };
  const sentence = REVERT_TEXTS[text] ?? `The contract refused: ${text.slice(0, 300).replace(/\.?$/, ".")}`;
  return { name: "Error", args: { text }, sentence };
}

function decodePanic(data: string): DecodedRevert {
  const code = decodeOne("uint256", data) as bigint | null;
  const what = code === 0x11n ? "an arithmetic overflow" : code === 0x12n ? "a division by zero" : "a broken invariant";
  return {
    name: "Panic",
    args: { code },
    sentence: `The contract stopped at ${what} (panic ${code ?? "?"}). This is a defect: please report it with the transaction.`,
  };
}

function decodeOne(type: string, data: string): unknown {
  try {
    return AbiCoder.defaultAbiCoder().decode([type], dataSlice(data, 4))[0];
  } catch {
    return null;
  }
}

function fill(template: string, args: Record<string, unknown>): string {
  return template.replace(/\{(\w+)(:time)?\}/g, (_, name: string, time?: string) => {
    const value = args[name];
    if (value === undefined) return "?";
    return time === undefined ? String(value) : formatTime(value as bigint);
  });
}

/** "2026-11-23 09:30:05 UTC"; the number where it is no date. */
export function formatTime(unixS: bigint): string {
  if (unixS > 253_402_300_799n) return `second ${unixS}`;
  return `${new Date(Number(unixS) * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
