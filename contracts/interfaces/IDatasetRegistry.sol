// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

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
    struct Policy {
        bytes32[] algorithms;
        address token;
        uint96 minPrice;
        uint32 minRows;
    }

    event DatasetRegistered(uint256 indexed datasetId, address indexed seller, Dataset dataset, Policy policy);

    error UnknownDataset(uint256 datasetId);
    error DatasetAlreadyRegistered(uint256 datasetId);
    error EmptyDataset();
    error EmptyCommitment();
    error UnsupportedScheme(uint16 scheme);
    error NoAlgorithmAllowed();
    error TooManyAlgorithms(uint256 count, uint256 maximum);
    /// @notice Thrown when the committee has moved on: seal the shares to the current epoch's keys.
    error StaleEpoch(uint256 committeeId, uint64 epoch, uint64 currentEpoch);

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
}
