// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Chainlink, ChainlinkClient} from "@chainlink/contracts/src/v0.8/operatorforwarder/ChainlinkClient.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IDataMarket} from "../interfaces/IDataMarket.sol";
import {IDataMarketFactory} from "../interfaces/IDataMarketFactory.sol";
import {IOperatorExpiry} from "../interfaces/IOperatorExpiry.sol";
import {IOperatorGateway} from "../interfaces/IOperatorGateway.sol";
import {IOracleGateway} from "../interfaces/IOracleGateway.sol";
import {BoundedCall} from "../libraries/BoundedCall.sol";

/// @title The gateway over a Chainlink Operator
/// @dev One oracle request per computation. Its CBOR payload is one field, `requestId` (32 bytes): parameters never travel
/// through the oracle. LINK passes through and never stays: in from the payer and on to the Operator in one call, back from
/// the Operator to the payer in another.
contract OperatorGateway is IOperatorGateway, ChainlinkClient {
    using BoundedCall for address;
    using Chainlink for Chainlink.Request;
    using SafeERC20 for IERC20;

    /// @notice Most bytes of a market's revert data that `DeliveryFailed` carries.
    uint256 public constant MAX_REASON_BYTES = 1_024;

    /// @notice The factory whose markets may ask.
    IDataMarketFactory public immutable FACTORY;

    bytes32 private immutable _JOB_ID;
    uint256 private immutable _FEE_JUELS;
    uint256 private immutable _EXPIRY_SECONDS;

    /// @dev One slot per oracle request that is not over. `nonce` gives the Operator's id of it.
    struct Fee {
        address payer;
        uint40 expiresUnixS;
        uint56 nonce;
    }

    mapping(bytes32 requestId => Fee) private _fees;

    /// @dev Oracle requests whose fee the oracle earned with an answer to another request: `_fees` still has an entry for
    /// the one that was asked for, and it is worth nothing.
    mapping(bytes32 oracleRequestId => bool) private _isSpent;

    /// @param link LINK token that the Operator is paid in.
    /// @param operator_ Chainlink's Operator contract.
    /// @param jobId_ Job that the oracle runs, 32 ASCII characters.
    /// @param fee Fee per request in juels.
    constructor(address link, address operator_, bytes32 jobId_, uint256 fee, IDataMarketFactory factory) {
        _setChainlinkToken(link);
        _setChainlinkOracle(operator_);
        _JOB_ID = jobId_;
        _FEE_JUELS = fee;
        _EXPIRY_SECONDS = IOperatorExpiry(operator_).EXPIRYTIME();
        FACTORY = factory;
    }

    /// @inheritdoc IOracleGateway
    function requestAnswer(bytes32 requestId, address payer) external {
        // Check: a market of the factory, which names its own caller as payer.
        if (!FACTORY.isMarket(msg.sender)) revert NotAMarket(msg.sender);

        // Effect: who gets the fee back, and when at the earliest.
        uint256 nonce = _getNextRequestCount();
        _fees[requestId] = Fee({
            payer: payer,
            expiresUnixS: uint40(block.timestamp + _EXPIRY_SECONDS),
            nonce: uint56(nonce)
        });
        emit OracleRequested(requestId, _oracleRequestId(nonce), payer, _FEE_JUELS);

        // Interaction: the fee in, and on with the request (LINK's transferAndCall to the Operator's operatorRequest).
        IERC20(_chainlinkTokenAddress()).safeTransferFrom(payer, address(this), _FEE_JUELS);
        Chainlink.Request memory request = _buildOperatorRequest(_JOB_ID, this.fulfill.selector);
        request._addBytes("requestId", abi.encode(requestId));
        _sendOperatorRequest(request, _FEE_JUELS);
    }

    /// @inheritdoc IOperatorGateway
    function fulfill(
        bytes32 oracleRequestId,
        bytes32 requestId,
        bytes calldata result,
        bytes calldata proof
    ) external recordChainlinkFulfillment(oracleRequestId) {
        // Check: the oracle answers what it was asked.
        if (_oracleRequestId(_fees[requestId].nonce) != oracleRequestId) {
            _isSpent[oracleRequestId] = true;
            bytes memory wrong = abi.encodeWithSelector(WrongOracleRequest.selector, requestId, oracleRequestId);
            emit DeliveryFailed(requestId, oracleRequestId, wrong);
            return;
        }

        // Effect: the Operator has been paid.
        delete _fees[requestId];

        // Check: the proof is for a market of the factory, whose code is known.
        address market = proof.length < 32 ? address(0) : address(uint160(uint256(bytes32(proof[:32]))));
        if (!FACTORY.isMarket(market)) {
            bytes memory unknown = abi.encodeWithSelector(NotAMarket.selector, market);
            emit DeliveryFailed(requestId, oracleRequestId, unknown);
            return;
        }

        // Interaction: a refusal is reported, not passed on; the Operator would swallow it.
        bytes memory data = abi.encodeCall(IDataMarket.deliver, (requestId, result, proof));
        (bool delivered, bytes memory reason) = market.tryCall(gasleft(), data, MAX_REASON_BYTES);
        if (delivered) emit Delivered(requestId, oracleRequestId);
        else emit DeliveryFailed(requestId, oracleRequestId, reason);
    }

    /// @inheritdoc IOperatorGateway
    function reclaimOracleFee(address market, bytes32 requestId, IDataMarket.Request calldata request) external {
        // Check: a fee that the Operator would give back.
        Fee memory fee = _fees[requestId];
        bytes32 oracleRequestId = _oracleRequestId(fee.nonce);
        if (fee.payer == address(0) || _isSpent[oracleRequestId]) revert NoOracleFee(requestId);
        if (block.timestamp < fee.expiresUnixS) revert OracleRequestNotExpired(fee.expiresUnixS, block.timestamp);
        // Check: the request is this market's, and it no longer waits for the oracle.
        if (!FACTORY.isMarket(market)) revert NotAMarket(market);
        bytes32 computed = IDataMarket(market).requestIdOf(request);
        if (computed != requestId) revert RequestMismatch(requestId, computed);
        bool open = IDataMarket(market).statusOf(requestId) == IDataMarket.Status.Open;
        if (open && block.timestamp <= request.deadlineUnixS) revert RequestStillOpen(requestId, request.deadlineUnixS);

        // Effect: given back once.
        delete _fees[requestId];
        emit OracleFeeReclaimed(requestId, fee.payer, _FEE_JUELS);

        // Interaction: the Operator cancels and returns the LINK, which goes straight on to whoever paid.
        _cancelChainlinkRequest(oracleRequestId, _FEE_JUELS, this.fulfill.selector, fee.expiresUnixS);
        IERC20(_chainlinkTokenAddress()).safeTransfer(fee.payer, _FEE_JUELS);
    }

    /// @inheritdoc IOperatorGateway
    function feeOf(bytes32 requestId)
        external
        view
        returns (address payer, uint64 expiresUnixS, bytes32 oracleRequestId)
    {
        Fee memory fee = _fees[requestId];
        oracleRequestId = _oracleRequestId(fee.nonce);
        if (fee.payer == address(0) || _isSpent[oracleRequestId]) return (address(0), 0, 0);
        return (fee.payer, fee.expiresUnixS, oracleRequestId);
    }

    /// @inheritdoc IOracleGateway
    function feeJuels() external view returns (uint256) {
        return _FEE_JUELS;
    }

    /// @inheritdoc IOperatorGateway
    function linkToken() external view returns (address) {
        return _chainlinkTokenAddress();
    }

    /// @inheritdoc IOperatorGateway
    function operator() external view returns (address) {
        return _chainlinkOracleAddress();
    }

    /// @inheritdoc IOperatorGateway
    function jobId() external view returns (bytes32) {
        return _JOB_ID;
    }

    /// @dev As `ChainlinkClient._rawRequest` and the Operator compute it. Nonces count from 1.
    function _oracleRequestId(uint256 nonce) private view returns (bytes32) {
        return keccak256(abi.encodePacked(address(this), nonce));
    }
}
