// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

/// @title One market for one algorithm: its terms, its pool of datasets, escrow, requests, proofs, payouts
interface IDataMarket {
    /// @notice Immutable terms; a seller consents to them by joining.
    /// @param algorithm Hash of the program that the market sells.
    /// @param committeeId Committee that computes.
    /// @param gateway Oracle gateway that requests go through.
    /// @param cohortRows Least rows, the buyer's own not counted, of each group that is opened exactly. Nodes hold every
    /// answer to it, and to the program's own minimum. 0 and 1 ask for nothing.
    /// @param cohortSellers Least distinct sellers of those rows, the buyer not counted; at most `cohortRows`.
    /// @param epsilonPerRequest What one answer costs in privacy, in millionths of epsilon; 0 = its numbers are exact. Nodes
    /// compute only if this and `deltaPerRequest` are what the program costs, which the registry cannot read.
    /// @param token ERC-20 that buyers pay in; neither rebasing nor taking fees on transfer.
    /// @param price Price of one request, in the token's smallest unit.
    /// @param minRows Least number of rows in the pool of a request.
    /// @param maxRows Most rows that the pool may hold: the number that the program is proven for, which the registry
    /// cannot read. Above 0, and at least `minRows`.
    /// @param deadlineSeconds Time from a request to its deadline; above 0, and at most 30 days.
    /// @param maxCallbackGas Most gas that a request's callback may ask for.
    /// @param sellersBps, authorBps, committeeBps, ownerBps Split of the price in basis points; they add up to 10,000.
    /// @param deltaPerRequest See `epsilonPerRequest`; in units of 10^-18 of delta, below 1.
    /// @dev The order fills five slots.
    struct Terms {
        bytes32 algorithm;
        uint256 committeeId;
        address gateway;
        uint32 cohortRows;
        uint16 cohortSellers;
        uint48 epsilonPerRequest;
        address token;
        uint96 price;
        uint32 minRows;
        uint32 maxRows;
        uint32 deadlineSeconds;
        uint32 maxCallbackGas;
        uint16 sellersBps;
        uint16 authorBps;
        uint16 committeeBps;
        uint16 ownerBps;
        uint64 deltaPerRequest;
    }

    /// @notice A request, resupplied by whoever acts on it: storage keeps one slot, and the id commits to all of this.
    /// @param nonce Running number of the request in its market.
    /// @param buyer Who pays and is refunded.
    /// @param parametersHash keccak256 of the public parameters (emitted with the request).
    /// @param answerKey X25519 public key that the answer is sealed to; zero for a public answer.
    /// @param privateInputs Commitment to the buyer's private inputs; zero for a program that takes none.
    /// @param poolHash Hash chain over the joins and leaves that make up the pool computed on.
    /// @param poolVersion Version of the pool computed on.
    /// @param poolRows Rows of that pool.
    /// @param algorithm Program hash.
    /// @param epoch Epoch of the market's committee.
    /// @param price Amount in escrow.
    /// @param deadlineUnixS Last second in which the answer may be delivered; after it anyone may cancel.
    /// @param callback Contract to call back, or zero.
    /// @param callbackGas Gas that the callback gets.
    struct Request {
        uint64 nonce;
        address buyer;
        bytes32 parametersHash;
        bytes32 answerKey;
        bytes32 privateInputs;
        bytes32 poolHash;
        uint64 poolVersion;
        uint64 poolRows;
        bytes32 algorithm;
        uint64 epoch;
        uint96 price;
        uint64 deadlineUnixS;
        address callback;
        uint32 callbackGas;
    }

    /// @notice What a buyer asks for and the limits within which they still want it.
    /// @param parameters Public parameters: abi.encode(int64[]) in the order that the program declares.
    /// @param answerKey X25519 public key to seal the answer to; zero for a public answer.
    /// @param privateInputs keccak256(abi.encode(uint16 scheme, bytes32[4] shareCommitments)) of the numbers that were shared among
    /// the nodes beforehand, for this market and this buyer; zero for a program that takes none. Nodes refuse what does not fit.
    /// @param maxPrice Most the buyer pays.
    /// @param minRows Least number of rows in the pool.
    /// @param minDatasets Least number of datasets in the pool.
    /// @param validUntilUnixS Last second in which the request may be mined.
    /// @param callback Contract to call back, or zero.
    /// @param callbackGas Gas that the callback gets; 0 when there is none.
    struct RequestParams {
        bytes parameters;
        bytes32 answerKey;
        bytes32 privateInputs;
        uint256 maxPrice;
        uint64 minRows;
        uint32 minDatasets;
        uint64 validUntilUnixS;
        address callback;
        uint32 callbackGas;
    }

    /// @notice What three of the four nodes sign (EIP-712, domain name "Sharebridge", version "1", this chain, this market).
    /// @param requestId Binds market, parameters, pool version, algorithm, epoch and answer key.
    /// @param status 1 = computed; other numbers are reserved for signed failures.
    /// @param outputsHash keccak256 of the result.
    /// @param budgetSpent Privacy budget spent, in millionths of epsilon.
    /// @param attempt Number of the attempt that gave the answer, from 0.
    /// @param activeSet Bitmap of the seats that computed it.
    /// @param proofType 1 = three signatures; other numbers are reserved for public proofs.
    struct Answer {
        bytes32 requestId;
        uint8 status;
        bytes32 outputsHash;
        uint64 budgetSpent;
        uint32 attempt;
        uint8 activeSet;
        uint16 proofType;
    }

    /// @notice What `proof` decodes to: abi.encode(market, Proof).
    /// @param signerSeats Bitmap of the seats that signed; the signatures follow in the order of the seats.
    /// @param signatures 65 bytes (r, s, v) each, low s.
    struct Proof {
        Request request;
        Answer answer;
        uint8 signerSeats;
        bytes signatures;
    }

    /// @notice None: never made. Open: escrow held. Answered: delivered and settled. Cancelled: refunded.
    enum Status {
        None,
        Open,
        Answered,
        Cancelled
    }

    /// @param commitment To the shares of the valid rows, which requests compute on: the dataset's own where all are valid.
    event DatasetJoined(uint256 indexed datasetId, address indexed seller, uint32 validRows, bytes32 commitment, bytes32 poolHash, uint64 poolVersion);
    event DatasetLeft(uint256 indexed datasetId, bytes32 poolHash, uint64 poolVersion);
    event ComputationRequested(bytes32 indexed requestId, address indexed buyer, Request request, bytes parameters);
    /// @param result Public: abi.encode(int64[]) of the outputs. Sealed: abi.encode(bytes32[4]), the salted commitments
    /// to the four output shares; their openings are the nodes' to release, sealed to the buyer, once this event is mined.
    event Answered(bytes32 indexed requestId, Answer answer, uint8 signerSeats, bytes result);
    event Settled(bytes32 indexed requestId, uint256 sellersAmount, uint256 authorAmount, uint256 committeeAmount, uint256 ownerAmount);
    event Cancelled(bytes32 indexed requestId, address indexed buyer, uint256 refund);
    event CallbackFailed(bytes32 indexed requestId, address indexed callback, bytes reason);
    event Claimed(uint256 indexed datasetId, address indexed to, uint256 amount);
    event Withdrawn(address indexed account, uint256 amount);

    // Terms
    error SplitsMustSumTo10000(uint256 sum);
    error ZeroDeadline();
    /// @notice Thrown when a deadline would hold back the buyer's refund, and payouts that wait for it, for too long.
    error DeadlineTooLong(uint256 deadlineSeconds, uint256 maximum);
    /// @notice Thrown when no pool could be large enough for a request: `maxRows` is 0 or below `minRows`.
    error RowLimitsOutOfOrder(uint256 minRows, uint256 maxRows);
    /// @notice Thrown when no group could be opened: of more sellers than rows, or of more rows than the pool may hold.
    error CohortOutOfBounds(uint256 cohortRows, uint256 cohortSellers, uint256 maxRows);
    /// @notice Thrown when a request would cost a delta without an epsilon, or a delta of 1 or more.
    error PrivacyCostOutOfBounds(uint256 epsilonPerRequest, uint256 deltaPerRequest);
    /// @notice Thrown when the terms name as gateway or token an address without code.
    error NoContract(address account);
    // Joining and leaving; terms outside the seller's policy: `IDatasetRegistry.checkConsent`
    error NotDatasetOwner(uint256 datasetId, address caller);
    error AlreadyJoined(uint256 datasetId);
    error NotJoined(uint256 datasetId);
    /// @notice Thrown when a dataset would join again that `removeExhausted` took out.
    error DatasetExhausted(uint256 datasetId);
    error WrongCommittee(uint256 datasetId, uint256 committeeId, uint64 epoch);
    error TooManyValidRows(uint256 datasetId, uint256 validRows, uint256 rows);
    /// @notice Thrown when the dataset would make the pool larger than the program is proven for.
    /// @param rows Rows that the pool would have.
    error PoolFull(uint256 rows, uint256 maxRows);
    // Requesting
    /// @notice Thrown when fewer than three operators approve the market's algorithm.
    error AlgorithmNotRunnable(bytes32 algorithm, uint256 committeeId, uint64 epoch);
    error PriceAboveMaximum(uint256 price, uint256 maxPrice);
    error TooFewRows(uint256 rows, uint256 minRows);
    error TooFewDatasets(uint256 datasets, uint256 minDatasets);
    error RequestExpired(uint64 validUntilUnixS, uint256 nowUnixS);
    error ParametersTooLong(uint256 length, uint256 maximum);
    /// @notice Thrown when the parameters are not laid out as abi.encode(int64[]): the word 0x20, the count n, n words.
    error MalformedParameters();
    error CallbackGasOutOfBounds(uint32 callbackGas, uint32 maximum);
    /// @notice Thrown when the token moved another amount than the price (fee on transfer, rebasing).
    error ReceivedAmountDiffers(uint256 received, uint256 expected);
    // Delivering and cancelling
    error UnknownRequest(bytes32 requestId);
    error RequestNotOpen(bytes32 requestId, Status status);
    /// @notice Thrown when the resupplied request does not hash to the id.
    error RequestMismatch(bytes32 requestId, bytes32 computed);
    /// @notice Thrown when the proof is not laid out as abi.encode(market, Proof).
    error MalformedProof();
    error WrongMarket(address market, address expected);
    error DeadlinePassed(uint64 deadlineUnixS, uint256 nowUnixS);
    error DeadlineNotPassed(uint64 deadlineUnixS, uint256 nowUnixS);
    error AnswerForAnotherRequest(bytes32 answerRequestId, bytes32 requestId);
    error UnsupportedStatus(uint8 status);
    error UnsupportedProofType(uint16 proofType);
    error ResultMismatch(bytes32 resultHash, bytes32 outputsHash);
    error ResultTooLong(uint256 length, uint256 maximum);
    error TooFewSignatures(uint256 count, uint256 required);
    error SignaturesLengthMismatch(uint256 length, uint256 expected);
    /// @notice Thrown when the signature in a seat's place was not made by that seat's key over this digest.
    error WrongSigner(uint8 seat, address recovered, address expected);
    error InvalidSeats(uint8 seats);
    error SignerNotActive(uint8 signerSeats, uint8 activeSet);
    /// @notice Thrown before the callback when too little gas is left to give it what the request paid for.
    error InsufficientGasForCallback(uint256 gasLeft, uint256 required);
    // Paying out
    error NothingToWithdraw(address account);

    // ----- sellers

    /// @notice Puts a dataset of the caller into the pool.
    /// @param validRows Rows that the nodes found valid: the dataset's weight in every payout.
    /// @param validCommitment To the shares of these rows alone, made anew by the nodes; the dataset's own where all are valid.
    /// @param receiptSeats Bitmap of the seats that signed a `Receipt`, at least three.
    /// @param receipts 65 bytes each, in the order of the seats, over
    /// Receipt(uint256 datasetId,bytes32 commitment,uint64 epoch,uint32 validRows,bytes32 validCommitment) in this market's
    /// EIP-712 domain.
    function join(uint256 datasetId, uint32 validRows, bytes32 validCommitment, uint8 receiptSeats, bytes calldata receipts) external;

    /// @notice Takes a dataset out; requests already made still use and pay it.
    function leavePool(uint256 datasetId) external;

    /// @notice Takes out a dataset whose policy allows no further request here: nodes refuse every request on a pool with it.
    /// Anyone may call; it does not come back. Requests already made still pay it.
    /// @param seats Bitmap of the seats that signed, at least three.
    /// @param signatures 65 bytes each, in the order of the seats, over Exhausted(uint256 datasetId) in this market's
    /// EIP-712 domain.
    function removeExhausted(uint256 datasetId, uint8 seats, bytes calldata signatures) external;

    /// @notice Pays a dataset's earnings to its owner. Anyone may call.
    function claim(uint256 datasetId) external returns (uint256 amount);

    // ----- buyers

    /// @notice Takes the price into escrow and sends the request on its way.
    function requestComputation(RequestParams calldata params) external returns (bytes32 requestId);

    /// @notice Refunds a request that nobody answered in time. Anyone may call, after the deadline.
    function cancel(bytes32 requestId, Request calldata request) external;

    // ----- anyone

    /// @notice Delivers an answer: checks the proof, emits the answer, settles the escrow, calls the buyer's contract back.
    /// @param result See `Answered`.
    /// @param proof abi.encode(address market, Proof).
    function deliver(bytes32 requestId, bytes calldata result, bytes calldata proof) external;

    /// @notice Pays what the caller earned as author, node operator or market owner, and refunds that the token refused to
    /// pay out at the time.
    function withdraw() external returns (uint256 amount);

    // ----- views

    function terms() external view returns (Terms memory);
    function owner() external view returns (address);
    function statusOf(bytes32 requestId) external view returns (Status);
    function requestIdOf(Request calldata request) external view returns (bytes32);
    /// @notice The EIP-712 digest that nodes sign for an answer.
    function digestOf(Answer calldata answer) external view returns (bytes32);
    function receiptDigestOf(uint256 datasetId, bytes32 commitment, uint64 epoch, uint32 validRows, bytes32 validCommitment) external view returns (bytes32);
    function pool() external view returns (bytes32 poolHash, uint64 poolVersion, uint64 rows, uint32 datasets);
    function isMember(uint256 datasetId) external view returns (bool);
    /// @notice What `claim` would pay now.
    function earningsOf(uint256 datasetId) external view returns (uint256);
    /// @notice What `withdraw` would pay the account now.
    function balanceOf(address account) external view returns (uint256);
    /// @notice Everything that the market still owes or holds: open escrow, unclaimed sellers' earnings, balances, dust.
    function accounts() external view returns (uint256 openEscrow, uint256 sellersUnclaimed, uint256 balances, uint256 dust);
}
