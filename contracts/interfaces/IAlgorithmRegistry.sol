// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

/// @title What may be computed: programs by hash, their authors, and the operators' approvals
interface IAlgorithmRegistry {
    /// @param author Who registered the program and earns its royalty.
    /// @param disclosureHash keccak256 of the disclosure statement that sellers and operators read.
    /// @param uri Where the program's encoding can be fetched; its keccak256 is the algorithm's id.
    struct Algorithm {
        address author;
        bytes32 disclosureHash;
        string uri;
    }

    event AlgorithmRegistered(bytes32 indexed algorithm, address indexed author, bytes32 disclosureHash, string uri);
    event AlgorithmApproved(bytes32 indexed algorithm, uint256 indexed committeeId, uint64 epoch, uint8 seat);
    event ApprovalRevoked(bytes32 indexed algorithm, uint256 indexed committeeId, uint64 epoch, uint8 seat);

    /// @notice Thrown when nobody has registered a program with this hash.
    error UnknownAlgorithm(bytes32 algorithm);
    error AlgorithmAlreadyRegistered(bytes32 algorithm, address author);
    error UriTooLong(uint256 length, uint256 maximum);
    /// @notice Thrown when the caller does not sign for that seat of the committee's epoch.
    error NotSeatSigner(uint256 committeeId, uint64 epoch, uint8 seat, address caller);

    function register(bytes32 algorithm, bytes32 disclosureHash, string calldata uri) external;

    /// @notice Called by a node's operator, with the seat's signing key, after reading the program.
    function approve(bytes32 algorithm, uint256 committeeId, uint64 epoch, uint8 seat) external;

    function revoke(bytes32 algorithm, uint256 committeeId, uint64 epoch, uint8 seat) external;

    function algorithmOf(bytes32 algorithm) external view returns (Algorithm memory);

    /// @notice Bitmap of the seats that approve, bit i for seat i.
    function approvalsOf(bytes32 algorithm, uint256 committeeId, uint64 epoch) external view returns (uint8 seats);

    /// @notice True when at least three of the four operators approve.
    function isRunnable(bytes32 algorithm, uint256 committeeId, uint64 epoch) external view returns (bool);
}
