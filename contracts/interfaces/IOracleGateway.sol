// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

/// @title The way from a market to whoever brings the answer; the market knows none of the oracles behind it
interface IOracleGateway {
    event OracleRequested(bytes32 indexed requestId, bytes32 indexed oracleRequestId, address indexed payer, uint256 feeJuels);
    /// @notice Emitted when an oracle's answer was accepted by the market.
    event Delivered(bytes32 indexed requestId, bytes32 indexed oracleRequestId);
    /// @notice Emitted when the market refused an oracle's answer; `reason` is its revert data, capped.
    event DeliveryFailed(bytes32 indexed requestId, bytes32 indexed oracleRequestId, bytes reason);

    /// @notice Thrown when the caller is not a market of the factory.
    error NotAMarket(address caller);

    /// @notice Asks the oracle for the answer to `requestId`. Called by a market only.
    /// @param payer Who pays the oracle's fee (and must have approved the gateway for it, where there is one).
    function requestAnswer(bytes32 requestId, address payer) external;

    /// @notice The oracle's fee per request in juels (1e-18 LINK); 0 where there is none.
    function feeJuels() external view returns (uint256);
}
