/**
 * A sentence for each custom error that a transaction of a market can end in: ours, and those of the token, of
 * OpenZeppelin and of Chainlink's contracts that shine through. `{name}` is replaced by the error's argument of that
 * name, `{name:time}` by a date. A test holds this list to the contracts' ABIs.
 */
export const CONTRACT_SENTENCES: Readonly<Record<string, string>> = {
  // IAlgorithmRegistry
  UnknownAlgorithm: "Nobody has registered the algorithm {algorithm}. Check its hash, or register the program first.",
  AlgorithmAlreadyRegistered: "The algorithm {algorithm} is already registered, by {author}. Use it as it is.",
  NotAnnounced:
    "Your account has not announced this program with this salt (announcement {announcement}). Announce it first, and register it in a later block.",
  AnnouncedTooRecently:
    "The program was announced in block {announcedAtBlock}, which is not over yet. Register it in a later block.",
  UriTooLong: "The program's URI has {length} bytes; at most {maximum} are allowed. Shorten it.",
  NotSeatSigner:
    "{caller} does not sign for seat {seat} of committee {committeeId} in epoch {epoch}. Use that node's signing key.",

  // ICommitteeRegistry
  UnknownCommittee: "There is no committee {committeeId} with an epoch {epoch}. Check the committee's number.",
  IncompleteSeat: "Seat {seat} lacks a signer, a sealing key, a TLS key or an endpoint. Complete it.",
  SeatsNotDistinct: "Seats {seat} and {otherSeat} share a key. Every seat needs its own keys.",
  EndpointTooLong: "The endpoint of seat {seat} has {length} bytes; at most {maximum} are allowed. Shorten it.",

  // IDatasetRegistry
  UnknownDataset: "There is no dataset {datasetId} on this chain. Check the number and the network.",
  DatasetAlreadyRegistered:
    "The dataset {datasetId} is already registered. Resume its publication, or use another salt.",
  EmptyDataset: "The dataset has no rows. Publish at least one row.",
  EmptyCommitment: "The dataset has no commitment to its shares. Share the table first.",
  UnsupportedScheme: "The commitment scheme {scheme} is not known to the registry. Use scheme 1.",
  NoAlgorithmAllowed: "The policy allows no algorithm. Name at least one program hash.",
  TooManyAlgorithms: "The policy names {count} algorithms; at most {maximum} are allowed. Name fewer.",
  CohortOutOfOrder:
    "The policy asks for groups of {cohortSellers} sellers and {cohortRows} rows. Set cohortRows to at least cohortSellers.",
  BudgetOutOfBounds:
    "The policy has a budget of {epsilonBudget} millionths of epsilon and {deltaBudget} units (10^-18) of delta. Give both or neither, and a delta below 1.",
  AlgorithmNotAllowed:
    "The policy of dataset {datasetId} does not allow the market's algorithm {algorithm}. Publish with a policy that names it.",
  TokenNotAllowed:
    "The policy of dataset {datasetId} does not accept the market's token {token}. Publish with a policy that names it.",
  PriceBelowPolicy:
    "The market's price {price} is below the least price {minPrice} in the policy of dataset {datasetId}. Choose another market, or publish with a lower minPrice.",
  CohortBelowPolicy:
    "The market computes from {minRows} rows on, the policy of dataset {datasetId} asks for {policyMinRows}. Choose another market, or publish with a lower minRows.",
  GroupsBelowPolicy:
    "The market opens groups of {cohortRows} rows and {cohortSellers} sellers, the policy of dataset {datasetId} asks for {policyCohortRows} and {policyCohortSellers}. Choose another market, or publish with a policy that asks for less.",
  NoiseRequired:
    "The policy of dataset {datasetId} has a privacy budget, and the market's answers are exact. Choose a market whose program adds noise, or publish without a budget.",
  CostAboveBudget:
    "A request here costs {epsilonPerRequest} millionths of epsilon and {deltaPerRequest} units (10^-18) of delta, the policy of dataset {datasetId} allows {epsilonBudget} and {deltaBudget} for all requests. Choose another market, or publish with a larger budget.",
  StaleEpoch:
    "Committee {committeeId} is in epoch {currentEpoch} now, the shares were sealed for epoch {epoch}. Publish again from the start.",

  // IDataMarketFactory, IOracleGateway
  NotAMarket: "{caller} is not a market of this deployment. Use a market that its factory made.",

  // IOperatorGateway
  WrongOracleRequest:
    "The oracle request {oracleRequestId} was not made for the request {requestId}. Answer it for its own.",
  NoOracleFee:
    "No oracle fee is held for the request {requestId}: it was never paid, is spent, or went back already. Nothing is left to do.",
  OracleRequestNotExpired:
    "The oracle's fee can be taken back from {expiresUnixS:time} on; it is {nowUnixS:time} now. Try again then.",
  RequestStillOpen:
    "The request {requestId} is open until {deadlineUnixS:time}: the oracle may still earn its fee. Try again after that.",

  // IMarketUpkeep, DataMarket
  EarlierStayUnsettled:
    "The dataset {datasetId} left at version {leftAtVersion} and is still owed for requests of that time (settled up to version {foldedVersions}). Join again when they are over, or publish it as a new dataset.",
  NoFailedCallback: "The callback of the request {requestId} did not fail, or there is none. Nothing is left to retry.",
  CallbackRetryExpired:
    "The callback could be retried until {expiresUnixS:time}; it is {nowUnixS:time} now. Read the answer from the market's events.",
  NotFactory: "{caller} is not the factory, which alone sets a market's terms. Create markets through the factory.",

  // ComputationConsumer, PayGapConsumer, TestToken
  OnlyMarket: "{caller} is not the market {market}, which alone brings answers to this contract.",
  NotOurRequest: "The contract is not waiting for an answer to the request {requestId}. Check the id and the contract.",
  FeeAboveMaximum:
    "The oracle asks {feeJuels} juels of LINK, more than the {maxFeeJuels} that the contract allows. Raise the maximum, or do not buy.",
  OnlyOwner: "{caller} is not the contract's owner. Use the owner's account.",
  OnlyDeployer: "{caller} did not deploy the token and cannot mint it. Use the deployer's account.",

  // IDataMarket: terms
  SplitsMustSumTo10000: "The shares of the price add up to {sum} basis points. They must add up to 10000.",
  ZeroDeadline: "The market has no time for its requests. Set deadlineSeconds to at least 1.",

  DeadlineTooLong:
    "The market's requests would be open for {deadlineSeconds} seconds; at most {maximum} are allowed. Set a shorter deadlineSeconds.",
  RowLimitsOutOfOrder:
    "A pool cannot have at least {minRows} and at most {maxRows} rows. Set maxRows above 0 and not below minRows.",
  CohortOutOfBounds:
    "No group could have {cohortRows} rows of {cohortSellers} sellers in a pool of at most {maxRows} rows. Set cohortRows to at least cohortSellers and at most maxRows.",
  PrivacyCostOutOfBounds:
    "A request cannot cost {epsilonPerRequest} millionths of epsilon and {deltaPerRequest} units (10^-18) of delta. Set them to what the program costs: a delta needs an epsilon, and is below 1.",
  NoContract: "There is no contract at {account}. Name a gateway and a token that are deployed on this chain.",

  // IDataMarket: joining and leaving
  NotDatasetOwner: "{caller} does not own the dataset {datasetId}. Use the account that owns it.",
  AlreadyJoined: "The dataset {datasetId} is already in this market. Nothing is left to do.",
  DatasetExhausted:
    "The dataset {datasetId} was taken out of this market as used up, and does not come back. Publish with a policy that allows more, as a new dataset, if you consent.",
  NotJoined: "The dataset {datasetId} is not in this market. Check the number and the market.",
  WrongCommittee:
    "The dataset {datasetId} is held by committee {committeeId} in epoch {epoch}, which is not the market's. Publish it again for the market's committee.",
  TooManyValidRows:
    "The receipts count {validRows} valid rows, the dataset {datasetId} has {rows}. Collect the receipts again.",

  PoolFull:
    "The pool would have {rows} rows, the market's program is made for {maxRows} at most. Join a market with room, or wait until others leave.",

  // IDataMarket: requesting
  AlgorithmNotRunnable:
    "Fewer than three operators of committee {committeeId} (epoch {epoch}) approve the algorithm {algorithm}. Ask them to approve it, or use another market.",
  PriceAboveMaximum: "The price is {price}, more than the {maxPrice} that you allow. Raise the maximum, or do not buy.",
  TooFewRows: "The pool has {rows} rows, {minRows} are needed. Wait for more sellers, or lower your minimum.",
  TooFewDatasets:
    "The pool has {datasets} datasets, {minDatasets} are needed. Wait for more sellers, or lower your minimum.",
  RequestExpired:
    "The request was valid until {validUntilUnixS:time} and reached the chain later, at {nowUnixS:time}. Send it again.",
  ParametersTooLong: "The parameters have {length} bytes; at most {maximum} are allowed.",
  MalformedParameters:
    "The parameters are not the ABI encoding of int64[]. Encode them in the order that the program declares.",
  CallbackGasOutOfBounds:
    "The callback asks for {callbackGas} gas; the market allows at most {maximum} (and none without a callback).",
  ReceivedAmountDiffers:
    "The market received {received} instead of {expected}. Tokens that take a fee or rebase cannot pay here.",

  // IDataMarket: delivering and cancelling
  UnknownRequest: "The market has no request {requestId}. Check the id and the market.",
  RequestNotOpen: "The request {requestId} is no longer open: its status is {status} (2 answered, 3 cancelled).",
  RequestMismatch:
    "The request's data hash to {computed}, not to its id {requestId}. Take them from its ComputationRequested event.",
  MalformedProof:
    "The proof is not the ABI encoding of a market and its Proof. Collect the answer from the nodes again.",
  WrongMarket: "The proof is for the market {market}, not for {expected}. Deliver it there.",
  DeadlinePassed:
    "The deadline was {deadlineUnixS:time}, it is {nowUnixS:time} now. Cancel the request to get the price back.",
  DeadlineNotPassed:
    "The request can be cancelled only after its deadline {deadlineUnixS:time}; it is {nowUnixS:time} now. Wait for the answer.",
  AnswerForAnotherRequest: "The answer is for the request {answerRequestId}, not for {requestId}. Deliver it there.",
  UnsupportedStatus:
    "The answer's status {status} is not known to the market. Only computed answers (1) are delivered.",
  UnsupportedProofType: "The proof type {proofType} is not known to the market. Use three signatures (1).",
  ResultMismatch:
    "The result hashes to {resultHash}, the nodes signed {outputsHash}. It was changed on the way: fetch it from the nodes again.",
  ResultTooLong: "The result has {length} bytes; at most {maximum} are allowed.",
  TooFewSignatures: "There are {count} signatures, {required} are needed. Collect one from another node.",
  SignaturesLengthMismatch:
    "The signatures have {length} bytes, {expected} are expected: 65 for every seat that is named as a signer.",
  WrongSigner:
    "The signature in the place of seat {seat} was made by {recovered}; that seat's key is {expected}. Collect the signatures again for this chain, market and request.",
  InvalidSeats: "The bitmap of seats {seats} names a seat that does not exist. Seats are 0 to 3.",
  SignerNotActive:
    "A signer (bitmap {signerSeats}) is not among the seats that computed the answer (bitmap {activeSet}). Collect the signatures again.",
  InsufficientGasForCallback:
    "Only {gasLeft} gas is left, the buyer's callback needs {required}. Deliver with a higher gas limit.",

  // IDataMarket: paying out
  NothingToWithdraw: "{account} has nothing to withdraw here. Earnings appear once a request is answered.",

  // OpenZeppelin: tokens
  ERC20InsufficientBalance: "{sender} has {balance} of the token, {needed} are needed. Get more of the token first.",
  ERC20InsufficientAllowance:
    "{spender} may take {allowance} of the token, {needed} are needed. Approve it for that amount.",
  ERC20InvalidApprover: "{approver} cannot approve tokens.",
  ERC20InvalidReceiver: "{receiver} cannot receive tokens.",
  ERC20InvalidSender: "{sender} cannot send tokens.",
  ERC20InvalidSpender: "{spender} cannot be approved for tokens.",
  ERC721IncorrectOwner: "The dataset {tokenId} belongs to {owner}, not to {sender}.",
  ERC721InsufficientApproval: "{operator} may not move the dataset {tokenId}. Its owner must approve it.",
  ERC721InvalidApprover: "{approver} cannot approve moves of a dataset.",
  ERC721InvalidOperator: "{operator} cannot be made an operator of datasets.",
  ERC721InvalidOwner: "{owner} cannot own datasets.",
  ERC721InvalidReceiver: "{receiver} cannot receive datasets.",
  ERC721InvalidSender: "{sender} cannot send datasets.",
  ERC721NonexistentToken: "There is no dataset {tokenId} on this chain. Check the number and the network.",
  SafeERC20FailedOperation: "The token {token} refused the transfer. Check balance and allowance.",

  // LINK
  MaxSupplyExceeded: "LINK's supply cannot grow to {supplyAfterMint}. Mint less.",
  SenderNotBurner: "{sender} may not burn LINK. Use an account that has the burner role.",
  SenderNotMinter: "{sender} may not mint LINK. Use an account that has the minter role.",

  // OpenZeppelin: the rest
  ECDSAInvalidSignature: "A signature is not a valid signature. Collect the signatures again.",
  ECDSAInvalidSignatureLength: "A signature has {length} bytes instead of 65. Collect the signatures again.",
  ECDSAInvalidSignatureS: "A signature is not in its canonical (low s) form. Collect the signatures again.",
  ReentrancyGuardReentrantCall: "The contract was called again from within a call to it. Call it from outside.",
  FailedDeployment: "The contract could not be deployed. Check gas and the constructor's arguments.",
  InsufficientBalance: "The contract has {balance} wei, {needed} are needed.",
  InvalidInitialization: "The contract is already initialised.",
  NotInitializing: "The function belongs to the initialisation of the contract.",
  InvalidShortString: "A name in the contract's domain is not a valid short string.",
  StringTooLong: "A name in the contract's domain is too long.",
  StringsInsufficientHexLength: "A number does not fit the length of its hexadecimal text.",
  OwnableInvalidOwner: "{owner} cannot own the contract.",
  OwnableUnauthorizedAccount: "{account} is not the contract's owner.",
};

/** Messages of Chainlink's contracts, which revert with texts, and of Solidity's panics. */
export const REVERT_TEXTS: Readonly<Record<string, string>> = {
  "Must have a valid requestId": "The oracle does not know this request (fulfilled already, cancelled, or never made).",
  "Not authorized sender": "This account may not fulfil for the oracle. Use the oracle node's key.",
  "Must provide consumer enough gas":
    "The oracle's transaction has too little gas for the callback. Raise its gas limit.",
  "Callback must have valid requestId": "The oracle's answer does not begin with its request id.",
  "Params do not match request ID": "The oracle request's payment, callback or expiry differ from what was asked for.",
  "Request is not expired": "The oracle request has not expired yet. Try again five minutes after it was made.",
  "Source must be the oracle of the request": "The answer comes from another oracle than the one that was asked.",
  "unable to transferAndCall to oracle": "The oracle did not accept the LINK payment. Check the gateway's LINK.",
};
