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

    /// @notice Emitted at the first announcement; it says nothing about the program until its author registers it.
    event AlgorithmAnnounced(bytes32 indexed announcement);
    event AlgorithmRegistered(bytes32 indexed algorithm, address indexed author, bytes32 disclosureHash, string uri);
    event AlgorithmApproved(bytes32 indexed algorithm, uint256 indexed committeeId, uint64 epoch, uint8 seat);
    event ApprovalRevoked(bytes32 indexed algorithm, uint256 indexed committeeId, uint64 epoch, uint8 seat);

    /// @notice Thrown when nobody has registered a program with this hash.
    error UnknownAlgorithm(bytes32 algorithm);
    error AlgorithmAlreadyRegistered(bytes32 algorithm, address author);
    /// @notice Thrown when the caller registers what it has not announced with this salt.
    error NotAnnounced(bytes32 announcement);
    /// @notice Thrown when a program is registered in the block of its announcement; the next block will do.
    error AnnouncedTooRecently(bytes32 announcement, uint256 announcedAtBlock);
    error UriTooLong(uint256 length, uint256 maximum);
    /// @notice Thrown when the caller does not sign for that seat of the committee's epoch.
    error NotSeatSigner(uint256 committeeId, uint64 epoch, uint8 seat, address caller);

    /// @notice First of two steps to register a program: commits the caller to it without showing it, so that nobody who
    /// sees the second step on its way can be the author first. Announcing again changes nothing.
    /// @param announcement `announcementOf(algorithm, author, salt)`.
    function announce(bytes32 announcement) external;

    /// @notice Second step, in a later block than the announcement: the caller becomes the program's author, for good.
    /// Send it only once `announce` is final, and so that it is mined at once: it shows the program's hash.
    /// @param algorithm keccak256 of the program's encoding.
    /// @param salt What the announcement was salted with; 32 random bytes.
    /// @param disclosureHash keccak256 of the disclosure statement.
    /// @param uri Where the program's encoding can be fetched.
    function register(bytes32 algorithm, bytes32 salt, bytes32 disclosureHash, string calldata uri) external;

    /// @notice Called by a node's operator, with the seat's signing key, after reading the program.
    function approve(bytes32 algorithm, uint256 committeeId, uint64 epoch, uint8 seat) external;

    function revoke(bytes32 algorithm, uint256 committeeId, uint64 epoch, uint8 seat) external;

    /// @notice keccak256(abi.encode(algorithm, author, salt)).
    function announcementOf(bytes32 algorithm, address author, bytes32 salt) external pure returns (bytes32);

    /// @notice Number of the block in which it was announced first, 0 when it never was.
    function announcedAtBlock(bytes32 announcement) external view returns (uint256);

    function algorithmOf(bytes32 algorithm) external view returns (Algorithm memory);

    /// @notice Bitmap of the seats that approve, bit i for seat i.
    function approvalsOf(bytes32 algorithm, uint256 committeeId, uint64 epoch) external view returns (uint8 seats);

    /// @notice True when at least three of the four operators approve.
    function isRunnable(bytes32 algorithm, uint256 committeeId, uint64 epoch) external view returns (bool);
}
