// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

/// @title What a market calls back
interface IComputationConsumer {
    /// @notice Called once with the answer to a request.
    /// @param response The result (`IDataMarket.Answered`), empty when there is an error.
    /// @param err Why there is no answer, empty when there is one.
    function fulfillComputation(bytes32 requestId, bytes calldata response, bytes calldata err) external;
}
