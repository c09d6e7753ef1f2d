// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {IAlgorithmRegistry} from "./IAlgorithmRegistry.sol";
import {ICommitteeRegistry} from "./ICommitteeRegistry.sol";
import {IDataMarket} from "./IDataMarket.sol";
import {IDatasetRegistry} from "./IDatasetRegistry.sol";

/// @title Makes markets as cheap clones, and is the root from which every address of a deployment is found
interface IDataMarketFactory {
    event MarketCreated(address indexed market, bytes32 indexed algorithm, address indexed owner, IDataMarket.Terms terms);

    /// @notice Creates a market; the caller becomes its owner (who earns `ownerBps`, and can change nothing).
    function createMarket(IDataMarket.Terms calldata terms) external returns (address market);

    function isMarket(address account) external view returns (bool);
    function committees() external view returns (ICommitteeRegistry);
    function algorithms() external view returns (IAlgorithmRegistry);
    function datasets() external view returns (IDatasetRegistry);
}
