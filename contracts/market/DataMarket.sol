// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAlgorithmRegistry} from "../interfaces/IAlgorithmRegistry.sol";
import {ICommitteeRegistry} from "../interfaces/ICommitteeRegistry.sol";
import {IComputationConsumer} from "../interfaces/IComputationConsumer.sol";
import {IDataMarket} from "../interfaces/IDataMarket.sol";
import {IDatasetRegistry} from "../interfaces/IDatasetRegistry.sol";
import {IMarketUpkeep} from "../interfaces/IMarketUpkeep.sol";
import {IOracleGateway} from "../interfaces/IOracleGateway.sol";
import {BoundedCall} from "../libraries/BoundedCall.sol";
import {Seats} from "../libraries/Seats.sol";
import {MarketTerms} from "./MarketTerms.sol";
import {Membership} from "./Membership.sol";

/// @title One market for one algorithm
/// @notice The implementation behind the factory's ERC-1167 clones. Terms: `MarketTerms`. Pool and payouts:
/// `PoolVersions`, `Ledger`. Sellers: `Membership`. Signatures: `SeatSignatures`. Here: a request's life.
/// @dev A request is None → Open → Answered or Cancelled, and never leaves those two: `deliver` works while
/// t ≤ deadline, `cancel` while t > deadline. Callbacks run after the guard is released and everything is settled, so a
/// consumer may ask for its next computation from within one.
contract DataMarket is Membership {
    using BoundedCall for address;
    using Seats for uint8;

    /// @notice Longest public parameters: abi.encode(int64[]) of 64 numbers, the most that a program may declare.
    uint256 public constant MAX_PARAMETERS_BYTES = 64 + 64 * 32;
    /// @dev abi.encode(int64[]) of no number.
    uint256 private constant MIN_PARAMETERS_BYTES = 64;
    /// @dev abi.encode(address, Proof) without signatures: market and offset (2 words), then request (14), answer (7), seats,
    /// offset and length of the signatures.
    uint256 private constant MIN_PROOF_BYTES = (2 + 24) * 32;
    /// @dev From the start of `Proof` to the length of its signatures.
    uint256 private constant SIGNATURES_OFFSET = 23 * 32;
    /// @notice Longest result: abi.encode(int64[]) of 256 outputs, the most that a program may declare. As hex, with its
    /// proof, it fits into the 32,768 bytes that a Chainlink node accepts from a bridge.
    uint256 public constant MAX_RESULT_BYTES = 64 + 256 * 32;
    /// @notice How long after a request's deadline a failed callback may be retried.
    uint256 public constant CALLBACK_RETRY_SECONDS = 30 days;
    /// @notice Gas kept back from a callback: enough to record and log its failure.
    uint256 public constant CALLBACK_RESERVE_GAS = 30_000;
    /// @notice Most bytes of a failed callback's revert data that are logged.
    uint256 public constant MAX_CALLBACK_REASON_BYTES = 1_024;

    uint8 private constant STATUS_COMPUTED = 1;
    uint16 private constant PROOF_THREE_SIGNATURES = 1;

    /// @dev One slot per request. `resultHash` (cut to 240 bits) lets a failed callback be retried with the same result.
    struct RequestState {
        Status status;
        bool callbackFailed;
        bytes30 resultHash;
    }

    mapping(bytes32 requestId => RequestState) private _states;

    constructor(
        ICommitteeRegistry committees,
        IAlgorithmRegistry algorithms,
        IDatasetRegistry datasets
    ) MarketTerms(committees, algorithms, datasets) {}

    /// @notice Called by the factory in the transaction that makes the clone.
    function initialize(Terms calldata terms_, address owner_, address author) external {
        _setTerms(terms_, owner_, author);
        _openFirstVersion();
    }

    // ----- requesting

    /// @inheritdoc IDataMarket
    function requestComputation(RequestParams calldata params) external nonReentrant returns (bytes32 requestId) {
        Terms memory terms_ = _fixedTerms();
        // Check: what the buyer asked for is what there is, and somebody will compute it.
        _checkBuyersLimits(params, terms_);
        uint64 epoch = COMMITTEES.currentEpoch(terms_.committeeId);
        if (!ALGORITHMS.isRunnable(terms_.algorithm, terms_.committeeId, epoch)) {
            revert AlgorithmNotRunnable(terms_.algorithm, terms_.committeeId, epoch);
        }

        // Effect: an open request on the current version of the pool.
        Request memory request = Request({
            nonce: _openRequest(),
            buyer: msg.sender,
            parametersHash: keccak256(params.parameters),
            answerKey: params.answerKey,
            privateInputs: params.privateInputs,
            poolHash: _poolHash,
            poolVersion: _pool.version,
            poolRows: _pool.rows,
            algorithm: terms_.algorithm,
            epoch: epoch,
            price: terms_.price,
            deadlineUnixS: uint64(block.timestamp) + terms_.deadlineSeconds,
            callback: params.callback,
            callbackGas: params.callbackGas
        });
        requestId = _requestId(request);
        _states[requestId].status = Status.Open;
        emit ComputationRequested(requestId, msg.sender, request, params.parameters);

        // Interaction: the price into escrow, the request to the oracle.
        _takeIn(msg.sender, terms_.price);
        IOracleGateway(terms_.gateway).requestAnswer(requestId, msg.sender);
    }

    function _checkBuyersLimits(RequestParams calldata params, Terms memory terms_) private view {
        if (block.timestamp > params.validUntilUnixS) revert RequestExpired(params.validUntilUnixS, block.timestamp);
        if (terms_.price > params.maxPrice) revert PriceAboveMaximum(terms_.price, params.maxPrice);
        if (params.parameters.length > MAX_PARAMETERS_BYTES) {
            revert ParametersTooLong(params.parameters.length, MAX_PARAMETERS_BYTES);
        }
        _checkParameters(params.parameters);
        uint32 maxCallbackGas = params.callback == address(0) ? 0 : terms_.maxCallbackGas;
        bool gasWithoutUse = params.callbackGas > maxCallbackGas;
        bool callWithoutGas = params.callback != address(0) && params.callbackGas == 0;
        if (gasWithoutUse || callWithoutGas) revert CallbackGasOutOfBounds(params.callbackGas, maxCallbackGas);
        uint256 minRows = params.minRows > terms_.minRows ? params.minRows : terms_.minRows;
        if (_pool.rows < minRows || _pool.rows == 0) revert TooFewRows(_pool.rows, minRows == 0 ? 1 : minRows);
        if (_pool.datasets < params.minDatasets) revert TooFewDatasets(_pool.datasets, params.minDatasets);
    }

    /// @dev The one layout that abi.encode gives int64[]: 0x20, n, n words. What the numbers mean is the program's.
    function _checkParameters(bytes calldata parameters) private pure {
        if (parameters.length < MIN_PARAMETERS_BYTES) revert MalformedParameters();
        uint256 offset = uint256(bytes32(parameters[:32]));
        uint256 count = uint256(bytes32(parameters[32:64]));
        uint256 words = (parameters.length - MIN_PARAMETERS_BYTES) / 32;
        if (offset != 32 || count != words || parameters.length % 32 != 0) revert MalformedParameters();
    }

    // ----- ending a request

    /// @inheritdoc IDataMarket
    function deliver(bytes32 requestId, bytes calldata result, bytes calldata proof) external {
        Request memory request = _accept(requestId, result, proof);
        if (!_callBack(requestId, request, result, "")) _states[requestId].callbackFailed = true;
    }

    /// @inheritdoc IDataMarket
    function cancel(bytes32 requestId, Request calldata request) external {
        _refund(requestId, request);
        if (!_callBack(requestId, request, "", _cancelledError(request))) _states[requestId].callbackFailed = true;
    }

    /// @dev Checks a delivery and settles it, all but the callback.
    function _accept(
        bytes32 requestId,
        bytes calldata result,
        bytes calldata encodedProof
    ) private nonReentrant returns (Request memory request) {
        // Check: bounded, and for an open request of this market that is not too late.
        if (result.length > MAX_RESULT_BYTES) revert ResultTooLong(result.length, MAX_RESULT_BYTES);
        _checkProofLayout(encodedProof);
        (address market, Proof memory proof) = abi.decode(encodedProof, (address, Proof));
        if (market != address(this)) revert WrongMarket(market, address(this));
        request = proof.request;
        _checkOpen(requestId, request);
        if (block.timestamp > request.deadlineUnixS) revert DeadlinePassed(request.deadlineUnixS, block.timestamp);
        // Check: an answer to this request, with this result, signed by three of those who computed it.
        bytes32 resultHash = keccak256(result);
        _checkAnswer(requestId, resultHash, proof.answer, proof.signerSeats);
        address[4] memory signers = COMMITTEES.signersOf(_fixedTerms().committeeId, request.epoch);
        _checkSignatures(_answerDigest(proof.answer), proof.signerSeats, proof.signatures, signers);

        // Effect: answered and paid for.
        _states[requestId] =
            RequestState({status: Status.Answered, callbackFailed: false, resultHash: bytes30(resultHash)});
        emit Answered(requestId, proof.answer, proof.signerSeats, result);
        _settle(requestId, request, proof.answer.activeSet, signers);
    }

    /// @dev Cancels and refunds, all but the callback.
    function _refund(bytes32 requestId, Request calldata request) private nonReentrant {
        // Check: open, and nobody may deliver any more.
        _checkOpen(requestId, request);
        if (block.timestamp <= request.deadlineUnixS) revert DeadlineNotPassed(request.deadlineUnixS, block.timestamp);

        // Effect: closed without a settlement; its result is empty.
        _states[requestId] =
            RequestState({status: Status.Cancelled, callbackFailed: false, resultHash: bytes30(keccak256(""))});
        _closeRequest(request.poolVersion);
        emit Cancelled(requestId, request.buyer, request.price);

        // Interaction: the escrow goes back; a buyer that the token refuses finds it in `withdraw`.
        _payOutOrCredit(request.buyer, request.price);
    }

    /// @dev So much that decoding cannot fail but for a number out of its type's range.
    function _checkProofLayout(bytes calldata proof) private pure {
        if (proof.length < MIN_PROOF_BYTES) revert MalformedProof();
        uint256 proofOffset = uint256(bytes32(proof[32:64]));
        uint256 signaturesOffset = uint256(bytes32(proof[MIN_PROOF_BYTES - 64:MIN_PROOF_BYTES - 32]));
        uint256 signaturesLength = uint256(bytes32(proof[MIN_PROOF_BYTES - 32:MIN_PROOF_BYTES]));
        bool inPlace = proofOffset == 64 && signaturesOffset == SIGNATURES_OFFSET;
        if (!inPlace || signaturesLength > proof.length - MIN_PROOF_BYTES) revert MalformedProof();
    }

    function _checkOpen(bytes32 requestId, Request memory request) private view {
        Status status = _states[requestId].status;
        if (status == Status.None) revert UnknownRequest(requestId);
        if (status != Status.Open) revert RequestNotOpen(requestId, status);
        _checkRequest(requestId, request);
    }

    function _checkRequest(bytes32 requestId, Request memory request) private view {
        bytes32 computed = _requestId(request);
        if (computed != requestId) revert RequestMismatch(requestId, computed);
    }

    function _checkAnswer(
        bytes32 requestId,
        bytes32 resultHash,
        Answer memory answer,
        uint8 signerSeats
    ) private pure {
        if (answer.requestId != requestId) revert AnswerForAnotherRequest(answer.requestId, requestId);
        if (answer.status != STATUS_COMPUTED) revert UnsupportedStatus(answer.status);
        if (answer.proofType != PROOF_THREE_SIGNATURES) revert UnsupportedProofType(answer.proofType);
        if (answer.outputsHash != resultHash) revert ResultMismatch(resultHash, answer.outputsHash);
        uint8 active = answer.activeSet;
        if (!active.areSeats() || active.count() < Seats.REQUIRED) revert InvalidSeats(active);
        if (signerSeats.areSeats() && !signerSeats.areWithin(active)) revert SignerNotActive(signerSeats, active);
    }

    // ----- callbacks

    /// @inheritdoc IMarketUpkeep
    function retryCallback(bytes32 requestId, Request calldata request, bytes calldata result) external {
        // Check: this very answer (none after a cancel), not yet taken by the consumer, not too old.
        RequestState storage state = _states[requestId];
        if (!state.callbackFailed) revert NoFailedCallback(requestId);
        _checkRequest(requestId, request);
        bytes32 resultHash = keccak256(result);
        if (bytes30(resultHash) != state.resultHash) revert ResultMismatch(resultHash, state.resultHash);
        uint64 expiresUnixS = request.deadlineUnixS + uint64(CALLBACK_RETRY_SECONDS);
        if (block.timestamp > expiresUnixS) revert CallbackRetryExpired(expiresUnixS, block.timestamp);

        // Effect: not failed any more, so that the consumer cannot be called a second time from within.
        state.callbackFailed = false;

        // Interaction: as at delivery, or as at the cancel.
        bytes memory err = state.status == Status.Cancelled ? _cancelledError(request) : bytes("");
        if (_callBack(requestId, request, result, err)) emit CallbackRetried(requestId, request.callback);
        else state.callbackFailed = true;
    }

    /// @inheritdoc IMarketUpkeep
    function callbackFailed(bytes32 requestId) external view returns (bool) {
        return _states[requestId].callbackFailed;
    }

    /// @dev What a consumer is told when there is no answer.
    function _cancelledError(Request memory request) private view returns (bytes memory) {
        return abi.encodeWithSelector(DeadlinePassed.selector, request.deadlineUnixS, block.timestamp);
    }

    /// @return True when there is no callback, or it did not revert.
    function _callBack(
        bytes32 requestId,
        Request memory request,
        bytes memory response,
        bytes memory err
    ) private returns (bool) {
        if (request.callback == address(0)) return true;
        bytes memory data = abi.encodeCall(IComputationConsumer.fulfillComputation, (requestId, response, err));

        // Check: the callee will get all the gas that was paid for, and we keep enough to go on (EIP-150: 63/64).
        uint256 required = uint256(request.callbackGas) + CALLBACK_RESERVE_GAS;
        uint256 gasLeft = gasleft();
        if (gasLeft - gasLeft / 64 < required) revert InsufficientGasForCallback(gasLeft, required);

        // Interaction: whatever it does, the request stays settled.
        (bool success, bytes memory reason) =
            request.callback.tryCall(request.callbackGas, data, MAX_CALLBACK_REASON_BYTES);
        if (!success) emit CallbackFailed(requestId, request.callback, reason);
        return success;
    }

    // ----- views

    /// @inheritdoc IDataMarket
    function statusOf(bytes32 requestId) external view returns (Status) {
        return _states[requestId].status;
    }

    /// @inheritdoc IDataMarket
    function requestIdOf(Request calldata request) external view returns (bytes32) {
        return _requestId(request);
    }

    function _requestId(Request memory request) private view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), request));
    }
}
