/**
 * The Sharebridge SDK: what sellers and buyers do, as functions. Runs in Node and in browsers; the command line and
 * everything that touches files is under `cli/`.
 */
export * from "./author/register-program.ts";
export * from "./buyer/answer-key.ts";
export * from "./buyer/cancel-request.ts";
export * from "./buyer/check-consent.ts";
export * from "./buyer/deliver-answer.ts";
export { type FoundAnswer, findAnswer } from "./buyer/find-answer.ts";
export * from "./buyer/pay.ts";
export * from "./buyer/read-answer.ts";
export * from "./buyer/request-computation.ts";
export * from "./buyer/share-private-inputs.ts";
export * from "./buyer/verify-answer.ts";
export * from "./buyer/wait-for-answer.ts";
export * from "./errors/decode-revert.ts";
export * from "./errors/explain-error.ts";
export * from "./errors/sdk-error.ts";
export { type NodeCallOptions, NodeRefusal } from "./network/call-node.ts";
export * from "./network/connect.ts";
export * from "./network/find-program.ts";
export * from "./network/find-request.ts";
export * from "./network/list-markets.ts";
export * from "./network/network-file.ts";
export * from "./network/open-market.ts";
export * from "./network/read-pool.ts";
export * from "./network/read-usage.ts";
export * from "./network/remove-exhausted.ts";
export * from "./owner/create-market.ts";
export * from "./seller/earnings.ts";
export * from "./seller/leave-market.ts";
export * from "./seller/policy.ts";
export {
  memoryPublicationStore,
  type Publication,
  type PublicationStore,
  parsePublication,
} from "./seller/publication.ts";
export * from "./seller/publish-dataset.ts";
export * from "./seller/withdraw-earnings.ts";
export * from "./table/encode-table.ts";
export * from "./table/infer-schema.ts";
export * from "./table/parse-schema.ts";
export * from "./table/read-csv.ts";
export * from "./table/table.ts";
