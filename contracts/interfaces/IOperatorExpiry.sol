// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

/// @title What the gateway reads of Chainlink's Operator beside Chainlink's own `OperatorInterface`
interface IOperatorExpiry {
    /// @notice Seconds after which the requester may cancel an oracle request.
    function EXPIRYTIME() external view returns (uint256);
}
