// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {IDataMarket} from "./IDataMarket.sol";

/// @title What is sold: ERC-721 datasets, each a salted commitment to secret shares
interface IDatasetRegistry {
    /// @param commitment keccak256(abi.encode(scheme, C)) with C the four salted share commitments.
    /// @param scheme Number of the commitment scheme; 1 = salted SHA-256 chunks, a Merkle root per column.
    /// @param schemaHash keccak256 of the canonical encoding of the column schema.
    /// @param rows Number of rows, at least one.
    /// @param committeeId Committee that holds the shares.
    /// @param epoch Epoch of that committee to whose keys the shares were sealed.
    struct Dataset {
        bytes32 commitment;
        bytes32 schemaHash;
        uint256 committeeId;
        uint64 epoch;
        uint32 rows;
        uint16 scheme;
    }

    /// @notice What the seller consents to. A market's terms are checked against it when the dataset joins.
    /// @param algorithms Program hashes that may run on the dataset.
    /// @param minPrice Least price of a request, in the market's token, smallest unit.
    /// @param token The only token the seller is paid in.
    /// @param minRows Least number of rows in the pool of a request (the seller's own included).
    /// @param cohortRows Least rows, the buyer's own not counted, of each group that is opened exactly; 0 and 1 ask for nothing.
    /// @param cohortSellers Least distinct sellers of those rows, the buyer not counted; at most `cohortRows`.
    /// @param maxUses Most requests that may use the dataset, in all markets together and for ever; 0 = no limit.
    /// @param epsilonBudget Most privacy that these requests may cost together, in millionths of epsilon, for ever. 0 = no
    /// limit. A budget allows noised answers only: an exact one costs more than any budget.
    /// @param deltaBudget The same in units of 10^-18 of delta; below 1, and 0 exactly when `epsilonBudget` is.
    struct Policy {
        bytes32[] algorithms;
        address token;
        uint96 minPrice;
        uint32 minRows;
        uint32 cohortRows;
        uint16 cohortSellers;
        uint32 maxUses;
        uint48 epsilonBudget;
        uint64 deltaBudget;
    }

    event DatasetRegistered(uint256 indexed datasetId, address indexed seller, Dataset dataset, Policy policy);

    error UnknownDataset(uint256 datasetId);
    error DatasetAlreadyRegistered(uint256 datasetId);
    error EmptyDataset();
    error EmptyCommitment();
    error UnsupportedScheme(uint16 scheme);
    error NoAlgorithmAllowed();
    error TooManyAlgorithms(uint256 count, uint256 maximum);
    /// @notice Thrown when a policy asks for groups of more sellers than rows.
    error CohortOutOfOrder(uint256 cohortRows, uint256 cohortSellers);
    /// @notice Thrown when a policy has a budget of epsilon or of delta without the other, or of a delta of 1 or more.
    error BudgetOutOfBounds(uint256 epsilonBudget, uint256 deltaBudget);
    /// @notice Thrown when the committee has moved on: seal the shares to the current epoch's keys.
    error StaleEpoch(uint256 committeeId, uint64 epoch, uint64 currentEpoch);

    // Terms outside the policy
    error AlgorithmNotAllowed(uint256 datasetId, bytes32 algorithm);
    error TokenNotAllowed(uint256 datasetId, address token);
    error PriceBelowPolicy(uint256 datasetId, uint256 price, uint256 minPrice);
    error CohortBelowPolicy(uint256 datasetId, uint256 minRows, uint256 policyMinRows);
    /// @notice Thrown when the market opens smaller groups than the seller's policy allows.
    error GroupsBelowPolicy(uint256 datasetId, uint256 cohortRows, uint256 cohortSellers, uint256 policyCohortRows, uint256 policyCohortSellers);
    /// @notice Thrown when the policy has a privacy budget and the market's answers are exact.
    error NoiseRequired(uint256 datasetId);
    /// @notice Thrown when not even one request fits into the policy's privacy budget.
    error CostAboveBudget(uint256 datasetId, uint256 epsilonPerRequest, uint256 deltaPerRequest, uint256 epsilonBudget, uint256 deltaBudget);

    /// @notice Registers a dataset of the caller and mints its token.
    /// @param salt Chosen by the seller; makes the id known before the commitment, which is bound to it.
    function register(bytes32 salt, Dataset calldata dataset, Policy calldata policy) external returns (uint256 datasetId);

    /// @notice The id that `register(salt, ...)` by `seller` will give:
    /// uint256(keccak256(abi.encode(block.chainid, registry, seller, salt))).
    function datasetIdOf(address seller, bytes32 salt) external view returns (uint256 datasetId);

    function datasetOf(uint256 datasetId) external view returns (Dataset memory);

    function policyOf(uint256 datasetId) external view returns (Policy memory);

    /// @notice True when the seller's policy names the program.
    function allowsAlgorithm(uint256 datasetId, bytes32 algorithm) external view returns (bool);

    /// @notice Reverts unless a market's terms lie within the seller's policy. How often the dataset was used already, in all
    /// markets, is not seen here: nodes count it, from the markets' events.
    function checkConsent(uint256 datasetId, IDataMarket.Terms calldata terms) external view;
}
