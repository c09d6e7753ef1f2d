/**
 * A clause for each error code that a node or the adapter answers with: what is wrong and what to do. A test holds the list
 * to their own tables. Codes that are not here are shown with the service's own message.
 */
export const SERVICE_SENTENCES: Readonly<Record<string, string>> = {
  // any call
  NotFound: "it knows no such call. Use an SDK of the same version as the nodes.",
  Malformed: "it could not read the message. Use an SDK of the same version as the nodes.",
  TooLarge: "the upload is larger than it accepts. Split the table into several datasets.",
  TooSlow: "the upload came too slowly. Try again over a faster line.",
  ShuttingDown: "it is shutting down. Try again when it is back.",
  Internal: "it failed inside. Ask its operator to look into its log.",

  // uploads
  UploadsBusy: "it is receiving as many uploads as it can. Try again in a moment.",
  UnknownDataset: "it does not see the dataset on its chain (yet). Check the network, and try again in a few seconds.",
  WrongSeat: "the upload is for another node. Read the committee's seats again, and run the same command again.",
  WrongEpoch: "the dataset was registered for another committee or epoch. Publish it as a new dataset.",
  NotOwner: "the upload is not signed by the dataset's owner. Use the account that registered it.",
  SchemaHashMismatch: "the schema is not the one that was registered. Restore it, or publish as a new dataset.",
  RowsMismatch:
    "the number of rows is not the one that was registered. Restore the table, or publish as a new dataset.",
  CommitmentMismatch:
    "the shares do not match the commitment on chain. The table or the state file has changed since; publish as a new dataset.",
  SealedBytesRejected:
    "it cannot open what was sealed to it. Run the same command again; if it stays so, ask its operator.",
  WrongShape: "the shares are not a table of the announced rows and columns. Publish as a new dataset.",
  SealedHashMismatch: "what was sealed to it changed on the way. Publish with --resume.",
  StorageFull: "it has no room for the dataset. Ask its operator.",
  OwnerQuotaExceeded: "it stores as much of this owner's data as it takes. Ask its operator.",
  AlreadyStored: "it already stores this dataset. Nothing is left to upload.",

  // receipts
  DatasetNotStored: "it does not hold the dataset's shares. Run the same command again to upload them.",
  UnknownMarket: "it does not know the market on its chain. Check the market's address.",
  SchemaMismatch: "the dataset lacks a column that the market's algorithm needs. Infer the schema with --market.",
  AmbiguousTable:
    "the dataset has the columns of two tables of the market's algorithm. Publish it with those of one of them alone.",
  DatasetTooLong:
    "the dataset has more rows than the market's algorithm is proven for. Publish fewer rows as a new dataset.",
  NoValidRows:
    "no row of the dataset lies within the ranges that its schema declares. Publish others as a new dataset.",
  RowsBeingChecked: "it is checking the dataset's rows with the other nodes. Run the same command again in a minute.",
  RowsNotChecked: "the nodes could not check the dataset's rows now. Run the same command again later.",
  WrongCommittee: "the market is computed by another committee. Publish to its committee as a new dataset.",
  AlgorithmNotApproved:
    "its operator has not approved the market's algorithm. Ask the operator, or use another market.",
  WrongTerms:
    "the market's terms say something of its algorithm that is not true: of its privacy cost, or of the groups that it opens. Use another market.",

  // datasets that are used up
  NotExhausted: "the dataset's policy still allows a request of the market. Leave it where it is.",

  // requests
  UnknownRequest: "it has not heard of the request, or does not see it on its chain (yet). Check the id, or wait.",
  QueueFull: "it has too much to do now. Try again in a minute.",
  BuyerQuotaExceeded: "it already works on as many of this buyer's requests as it takes at once. Wait for one to end.",
  Cancelled: "the request was cancelled.",
  AlreadyAnswered: "the request is answered already. Read the result.",
  DeadlinePassed: "the request's deadline is too near or has passed. After it, cancel to get the price back.",
  WrongAlgorithm: "the request names another algorithm than its market. Cancel it after its deadline.",
  FeeTooLow:
    "the request pays its operator less than the operator's least fee. Cancel it after its deadline, or use another market.",
  AlgorithmNotRunnable: "fewer than three operators approve the algorithm. Cancel the request after its deadline.",
  ParametersInvalid: "the program does not take the request's parameters. Cancel the request after its deadline.",
  TooManyRowsOfSeller:
    "a seller has more of the pool's rows than the noise of the program hides. Cancel the request after its deadline.",
  NotUploader: "the upload is not signed by its uploader. Use an SDK of the same version as the nodes.",
  PrivateInputsInvalid:
    "the market's program takes another number of private inputs. Give those that the program declares; cancel the request after its deadline.",
  PrivateInputsMismatch:
    "the request's private inputs were shared for another buyer or market. Share them for this one, and request again.",
  PrivateInputsMissing:
    "too few nodes hold the request's private inputs. Share them before you request; cancel the request after its deadline.",
  TooManyRows: "the pool has more rows than the program is proven for. Cancel the request after its deadline.",
  DatasetMissing: "it lacks the shares of a dataset in the pool. Its seller must complete the upload with publish.",
  DatasetUnusable:
    "the shares of a dataset in the pool do not match its commitment. Its seller must upload them again with publish.",
  DatasetFetching: "it is fetching the shares of a dataset from the other nodes. It goes on when it is asked again.",
  SharesUnavailable:
    "it lacks the shares of a dataset, and the other nodes do not give them now. It tries again when it is asked again.",
  PolicyNotSatisfied: "a seller's policy forbids the computation. Cancel the request after its deadline.",
  UsesExhausted:
    "a seller in the pool consents to no more requests than there were already. Cancel this one after its deadline.",
  BudgetExhausted: "a seller's privacy budget in the pool does not pay for the request. Cancel it after its deadline.",
  PeerUnreachable: "it cannot reach another node. It tries again when it is asked again.",
  Interrupted: "it was restarted while it worked. It tries again when it is asked again.",
  ComputationFailed: "the computation failed. Ask its operator to look into its log.",
  AnsweredByPeers: "its part of the computation failed, but the request is answered. Ask the other nodes.",
  RequestNotStored: "it has not heard of the request. Ask it to take the request on first.",

  // openings
  NotDelivered: "the answer is not on chain yet. It is released once the contract has accepted it.",
  NotSealed: "the answer is public: it stands in the contract's Answered event.",
  InvalidAnswerKey: "nothing can be sealed to the request's answer key: it is not a valid X25519 public key.",
  NoOpening: "it took no part in this answer. The other nodes have it.",

  // a node and its chain or store
  WrongChain: "its chain is another one. Ask its operator.",
  ChainUnreachable: "it cannot reach its chain. Try again, or ask its operator.",
  NoFactory: "it finds no market factory on its chain. Ask its operator.",
  UnknownCommittee: "it finds its committee not on its chain. Ask its operator.",
  NotSeated: "it has no seat in the committee's epoch any more. Read the committee's seats again.",
  SeatKeysDiffer: "its keys are not those on chain. Ask its operator.",
  NotConfirmed: "it waits for more blocks on top of the request. Try again in a moment.",
  PoolMismatch: "the pool's events do not lead to the request's pool. Ask its operator about its chain endpoint.",
  DigestConflict: "it has computed another answer to this request before. Ask its operator.",
  SealBroken: "its store is damaged. Ask its operator.",
  StoreTooNew: "its store was written by a newer version. Ask its operator.",

  // the adapter
  MalformedBody: "it could not read the oracle's call. Check the job specification.",
  MalformedRequestId: "the request id is not 0x and 64 hexadecimal digits. Check the job specification.",
  ResponseUrlNotAllowed: "it may not answer at that address. Check the oracle's and the adapter's settings.",
  NotAuthorized: "it takes calls of its oracle only. Ask its operator.",
  CommitteeNotServed: "it does not serve the market's committee. Ask its operator.",
  RequestNotOpen: "the request is answered or cancelled already.",
  AnswerTooLarge: "the answer is larger than an oracle passes on. Bring it yourself with `sharebridge deliver`.",
  NoAgreement: "fewer than three nodes signed one answer. Try again, or cancel after the deadline.",
  RpcUnavailable: "it cannot reach its chain. Try again, or ask its operator.",
  NotReady: "the answer is not ready yet. Try again in a moment.",
  ComputationTimeout: "the nodes did not answer in time. Bring the answer yourself later with `sharebridge deliver`.",
};

/** What a service's refusal means, as a clause: "Node 2 refuses: …". */
export function serviceSentence(code: string, message: string): string {
  if (Object.hasOwn(SERVICE_SENTENCES, code)) return SERVICE_SENTENCES[code];
  return `${message.slice(0, 300).replace(/\.?$/, ".")} (${code.slice(0, 100)})`;
}
