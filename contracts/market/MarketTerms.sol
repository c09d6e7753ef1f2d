// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAlgorithmRegistry} from "../interfaces/IAlgorithmRegistry.sol";
import {ICommitteeRegistry} from "../interfaces/ICommitteeRegistry.sol";
import {IDataMarket} from "../interfaces/IDataMarket.sol";
import {IDatasetRegistry} from "../interfaces/IDatasetRegistry.sol";

/// @title What is fixed when a market is made
/// @dev The registries are immutables of the implementation, so that every clone of one factory has the same; terms,
/// owner and author are storage of the clone, written once.
abstract contract MarketTerms is IDataMarket {
    /// @notice Thrown when anyone but the factory initialises.
    error NotFactory(address caller);

    /// @notice The factory that made this market and its implementation.
    address public immutable FACTORY;
    /// @notice Where committees, algorithms and datasets are looked up.
    ICommitteeRegistry public immutable COMMITTEES;
    IAlgorithmRegistry public immutable ALGORITHMS;
    IDatasetRegistry public immutable DATASETS;

    Terms private _terms;
    address private _owner;

    /// @dev Who registered the algorithm: read once, because an author never changes.
    address internal _author;
    /// @dev Of the sellers' shares, what is not divided yet, in wei / 2^64 (see `PoolVersions`); shares the author's slot.
    uint64 internal _undivided;

    constructor(ICommitteeRegistry committees, IAlgorithmRegistry algorithms, IDatasetRegistry datasets) {
        FACTORY = msg.sender;
        COMMITTEES = committees;
        ALGORITHMS = algorithms;
        DATASETS = datasets;
    }

    /// @inheritdoc IDataMarket
    function terms() external view returns (Terms memory) {
        return _terms;
    }

    /// @inheritdoc IDataMarket
    function owner() external view returns (address) {
        return _owner;
    }

    /// @dev The factory has checked the terms, and calls this once per clone, in the transaction that makes it.
    function _setTerms(Terms calldata terms_, address owner_, address author) internal {
        // Check: the implementation's creator; no other address ever passes, on any clone.
        if (msg.sender != FACTORY) revert NotFactory(msg.sender);

        // Effect: immutable from here on.
        _terms = terms_;
        _owner = owner_;
        _author = author;
    }

    /// @dev Storage reference for contracts that read single fields.
    function _fixedTerms() internal view returns (Terms storage) {
        return _terms;
    }

    function _marketOwner() internal view returns (address) {
        return _owner;
    }
}
