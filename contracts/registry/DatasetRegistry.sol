// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {ICommitteeRegistry} from "../interfaces/ICommitteeRegistry.sol";
import {IDataMarket} from "../interfaces/IDataMarket.sol";
import {IDatasetRegistry} from "../interfaces/IDatasetRegistry.sol";

/// @title What is sold
/// @dev What is registered never changes; only the token's owner does, and with it who is paid.
contract DatasetRegistry is IDatasetRegistry, ERC721 {
    /// @notice Most programs that one policy may name.
    uint256 public constant MAX_ALGORITHMS = 16;

    /// @notice The only commitment scheme so far: salted SHA-256 chunks, a Merkle root per column.
    uint16 public constant SCHEME_SALTED_SHA256 = 1;

    /// @dev A delta of 1, in units of `Policy.deltaBudget`.
    uint256 private constant WHOLE_DELTA = 1e18;

    /// @notice The committees that hold shares.
    ICommitteeRegistry public immutable COMMITTEES;

    mapping(uint256 datasetId => Dataset) private _datasets;
    mapping(uint256 datasetId => Policy) private _policies;

    constructor(ICommitteeRegistry committees) ERC721("Sharebridge Dataset", "SBD") {
        COMMITTEES = committees;
    }

    /// @inheritdoc IDatasetRegistry
    function register(
        bytes32 salt,
        Dataset calldata dataset,
        Policy calldata policy
    ) external returns (uint256 datasetId) {
        datasetId = datasetIdOf(msg.sender, salt);

        // Check: new, whole, consenting to something, and sealed to keys that are in use.
        if (_datasets[datasetId].rows != 0) revert DatasetAlreadyRegistered(datasetId);
        if (dataset.rows == 0) revert EmptyDataset();
        if (dataset.commitment == 0) revert EmptyCommitment();
        if (dataset.scheme != SCHEME_SALTED_SHA256) revert UnsupportedScheme(dataset.scheme);
        _checkPolicy(policy);
        uint64 epoch = COMMITTEES.currentEpoch(dataset.committeeId);
        if (dataset.epoch != epoch) revert StaleEpoch(dataset.committeeId, dataset.epoch, epoch);

        // Effect: the dataset, its policy and its token (minted without calling the seller back).
        _datasets[datasetId] = dataset;
        _policies[datasetId] = policy;
        _mint(msg.sender, datasetId);
        emit DatasetRegistered(datasetId, msg.sender, dataset, policy);
    }

    /// @inheritdoc IDatasetRegistry
    function datasetIdOf(address seller, bytes32 salt) public view returns (uint256 datasetId) {
        return uint256(keccak256(abi.encode(block.chainid, address(this), seller, salt)));
    }

    /// @inheritdoc IDatasetRegistry
    function datasetOf(uint256 datasetId) external view returns (Dataset memory) {
        _checkKnown(datasetId);
        return _datasets[datasetId];
    }

    /// @inheritdoc IDatasetRegistry
    function policyOf(uint256 datasetId) external view returns (Policy memory) {
        _checkKnown(datasetId);
        return _policies[datasetId];
    }

    /// @inheritdoc IDatasetRegistry
    function allowsAlgorithm(uint256 datasetId, bytes32 algorithm) public view returns (bool) {
        bytes32[] storage algorithms = _policies[datasetId].algorithms;
        uint256 count = algorithms.length;
        for (uint256 i = 0; i < count; ++i) {
            if (algorithms[i] == algorithm) return true;
        }
        return false;
    }

    /// @inheritdoc IDatasetRegistry
    function checkConsent(uint256 datasetId, IDataMarket.Terms calldata terms) external view {
        _checkKnown(datasetId);
        // Check: the use and what it pays.
        if (!allowsAlgorithm(datasetId, terms.algorithm)) revert AlgorithmNotAllowed(datasetId, terms.algorithm);
        Policy storage policy = _policies[datasetId];
        if (policy.token != terms.token) revert TokenNotAllowed(datasetId, terms.token);
        if (terms.price < policy.minPrice) revert PriceBelowPolicy(datasetId, terms.price, policy.minPrice);
        // Check: among how many rows, and in how large groups.
        if (terms.minRows < policy.minRows) revert CohortBelowPolicy(datasetId, terms.minRows, policy.minRows);
        bool isSmaller = _atLeastOne(terms.cohortRows) < _atLeastOne(policy.cohortRows)
            || _atLeastOne(terms.cohortSellers) < _atLeastOne(policy.cohortSellers);
        if (isSmaller) {
            revert GroupsBelowPolicy(
                datasetId, terms.cohortRows, terms.cohortSellers, policy.cohortRows, policy.cohortSellers
            );
        }
        // Check: noise where there is a budget, and a budget for one request at least.
        (uint48 epsilonBudget, uint64 deltaBudget) = (policy.epsilonBudget, policy.deltaBudget);
        if (epsilonBudget == 0) return;
        if (terms.epsilonPerRequest == 0) revert NoiseRequired(datasetId);
        if (terms.epsilonPerRequest > epsilonBudget || terms.deltaPerRequest > deltaBudget) {
            revert CostAboveBudget(
                datasetId, terms.epsilonPerRequest, terms.deltaPerRequest, epsilonBudget, deltaBudget
            );
        }
    }

    /// @dev A group that is opened has a row: 0 asks for no more than 1 does.
    function _atLeastOne(uint256 count) private pure returns (uint256) {
        return count == 0 ? 1 : count;
    }

    /// @dev Consent to something, with demands that something can meet.
    function _checkPolicy(Policy calldata policy) private pure {
        uint256 count = policy.algorithms.length;
        if (count == 0) revert NoAlgorithmAllowed();
        if (count > MAX_ALGORITHMS) revert TooManyAlgorithms(count, MAX_ALGORITHMS);
        if (policy.cohortSellers > policy.cohortRows) revert CohortOutOfOrder(policy.cohortRows, policy.cohortSellers);
        bool incomplete = (policy.epsilonBudget == 0) != (policy.deltaBudget == 0);
        if (incomplete || policy.deltaBudget >= WHOLE_DELTA) {
            revert BudgetOutOfBounds(policy.epsilonBudget, policy.deltaBudget);
        }
    }

    function _checkKnown(uint256 datasetId) private view {
        if (_datasets[datasetId].rows == 0) revert UnknownDataset(datasetId);
    }
}
