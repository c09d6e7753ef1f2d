// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {IDataMarket} from "./IDataMarket.sol";

/// @title What anyone may do to keep a market going
/// @notice Pool versions and how they pay: a version closes at the first join or leave after a request on it. Once it is
/// closed and none of its requests is open, it *folds* into a running prefix, in order. The version at the front of the
/// prefix pays as it earns; versions behind it pay as soon as those before them have folded, at the latest after their
/// deadline.
interface IMarketUpkeep {
    event CallbackRetried(bytes32 indexed requestId, address indexed callback);

    /// @notice Thrown when a dataset that left comes back while requests of its earlier stay can still earn it something.
    error EarlierStayUnsettled(uint256 datasetId, uint64 foldedVersions, uint64 leftAtVersion);
    /// @notice Thrown when the request's callback did not fail, has succeeded since, or does not exist.
    error NoFailedCallback(bytes32 requestId);
    error CallbackRetryExpired(uint64 expiresUnixS, uint256 nowUnixS);

    /// @notice Folds closed, settled versions into the prefix. `claim` folds a few by itself.
    /// @param maxVersions Most versions that this call folds.
    /// @return folded How many it folded.
    function fold(uint256 maxVersions) external returns (uint256 folded);

    /// @notice The first version that has not folded yet.
    function frontier() external view returns (uint64);

    /// @notice Tries a callback again that failed, with the same answer and the gas that the request paid for; after a
    /// cancel, with `IDataMarket.DeadlinePassed`, whose `nowUnixS` is the time of the retry.
    /// Anyone may call, until `CALLBACK_RETRY_SECONDS` after the request's deadline.
    /// @param result The result as it was delivered; empty after a cancel.
    function retryCallback(bytes32 requestId, IDataMarket.Request calldata request, bytes calldata result) external;

    /// @notice True when an answered or cancelled request's callback has failed and may be retried.
    function callbackFailed(bytes32 requestId) external view returns (bool);
}
