// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {IDataMarket} from "./IDataMarket.sol";
import {IOracleGateway} from "./IOracleGateway.sol";

/// @title The gateway over a Chainlink `Operator`: an oracle request in LINK per computation
interface IOperatorGateway is IOracleGateway {
    /// @notice Emitted when an oracle request that nobody fulfilled was cancelled and its fee went back.
    event OracleFeeReclaimed(bytes32 indexed requestId, address indexed payer, uint256 feeJuels);

    /// @notice Reason in `DeliveryFailed`: the oracle request was not made for this computation.
    error WrongOracleRequest(bytes32 requestId, bytes32 oracleRequestId);
    /// @notice Thrown when no fee is held for the request: never asked, fulfilled (if only with an answer to another
    /// request), or reclaimed already.
    error NoOracleFee(bytes32 requestId);
    /// @notice Thrown before the Operator lets a request be cancelled.
    error OracleRequestNotExpired(uint64 expiresUnixS, uint256 nowUnixS);
    /// @notice Thrown while the oracle may still earn its fee: the request is open and before its deadline.
    error RequestStillOpen(bytes32 requestId, uint64 deadlineUnixS);
    /// @notice Thrown when the resupplied request does not hash to the id.
    error RequestMismatch(bytes32 requestId, bytes32 computed);

    /// @notice The oracle's callback. Called by the Operator only. Never reverts because the market refuses the answer.
    /// @param oracleRequestId The Operator's id of the request; the job's answer must begin with it.
    /// @param requestId The market's id of the request.
    /// @param result See `IDataMarket.deliver`.
    /// @param proof See `IDataMarket.deliver`; its first word is the market.
    function fulfill(bytes32 oracleRequestId, bytes32 requestId, bytes calldata result, bytes calldata proof) external;

    /// @notice Returns the fee of an unfulfilled oracle request to whoever paid it. Anyone may call, once the Operator
    /// allows it and the market no longer waits: answered, cancelled, or past the deadline.
    function reclaimOracleFee(address market, bytes32 requestId, IDataMarket.Request calldata request) external;

    /// @notice Who paid for a request and until when the Operator will not cancel it; zeros when no fee is held.
    function feeOf(bytes32 requestId)
        external
        view
        returns (address payer, uint64 expiresUnixS, bytes32 oracleRequestId);

    function linkToken() external view returns (address);
    function operator() external view returns (address);
    /// @notice Id of the job, 32 ASCII characters: the external job's UUID without dashes.
    function jobId() external view returns (bytes32);
}
