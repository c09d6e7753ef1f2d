// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAlgorithmRegistry} from "../interfaces/IAlgorithmRegistry.sol";
import {ICommitteeRegistry} from "../interfaces/ICommitteeRegistry.sol";
import {Seats} from "../libraries/Seats.sol";

/// @title What may be computed
contract AlgorithmRegistry is IAlgorithmRegistry {
    using Seats for uint8;

    /// @notice Longest URI, in bytes.
    uint256 public constant MAX_URI_BYTES = 1024;

    /// @notice The committees whose operators approve.
    ICommitteeRegistry public immutable COMMITTEES;

    /// @inheritdoc IAlgorithmRegistry
    mapping(bytes32 announcement => uint256 blockNumber) public announcedAtBlock;

    mapping(bytes32 algorithm => Algorithm) private _algorithms;
    mapping(bytes32 algorithm => mapping(uint256 committeeId => mapping(uint64 epoch => uint8 seats))) private _approvals;

    constructor(ICommitteeRegistry committees) {
        COMMITTEES = committees;
    }

    /// @inheritdoc IAlgorithmRegistry
    function announce(bytes32 announcement) external {
        // Check: new. Repeating it must not make an announcement younger, whoever does it.
        if (announcedAtBlock[announcement] != 0) return;

        // Effect: announced as of this block.
        announcedAtBlock[announcement] = block.number;
        emit AlgorithmAnnounced(announcement);
    }

    /// @inheritdoc IAlgorithmRegistry
    function register(bytes32 algorithm, bytes32 salt, bytes32 disclosureHash, string calldata uri) external {
        // Check: new, announced by this author before anyone could see it here, and a URI of bounded length.
        address author = _algorithms[algorithm].author;
        if (author != address(0)) revert AlgorithmAlreadyRegistered(algorithm, author);
        bytes32 announcement = announcementOf(algorithm, msg.sender, salt);
        uint256 announced = announcedAtBlock[announcement];
        if (announced == 0) revert NotAnnounced(announcement);
        if (announced >= block.number) revert AnnouncedTooRecently(announcement, announced);
        uint256 uriLength = bytes(uri).length;
        if (uriLength > MAX_URI_BYTES) revert UriTooLong(uriLength, MAX_URI_BYTES);

        // Effect: the caller is the author, for good.
        _algorithms[algorithm] = Algorithm({author: msg.sender, disclosureHash: disclosureHash, uri: uri});
        emit AlgorithmRegistered(algorithm, msg.sender, disclosureHash, uri);
    }

    /// @inheritdoc IAlgorithmRegistry
    function approve(bytes32 algorithm, uint256 committeeId, uint64 epoch, uint8 seat) external {
        // Check: a known program, and the seat's own key.
        _checkKnown(algorithm);
        _checkSeatSigner(committeeId, epoch, seat);

        // Effect: one more approval.
        _approvals[algorithm][committeeId][epoch] |= uint8(1 << seat);
        emit AlgorithmApproved(algorithm, committeeId, epoch, seat);
    }

    /// @inheritdoc IAlgorithmRegistry
    function revoke(bytes32 algorithm, uint256 committeeId, uint64 epoch, uint8 seat) external {
        // Check: a known program, and the seat's own key.
        _checkKnown(algorithm);
        _checkSeatSigner(committeeId, epoch, seat);

        // Effect: one approval less.
        _approvals[algorithm][committeeId][epoch] &= ~uint8(1 << seat);
        emit ApprovalRevoked(algorithm, committeeId, epoch, seat);
    }

    /// @inheritdoc IAlgorithmRegistry
    function algorithmOf(bytes32 algorithm) external view returns (Algorithm memory) {
        _checkKnown(algorithm);
        return _algorithms[algorithm];
    }

    /// @inheritdoc IAlgorithmRegistry
    function approvalsOf(bytes32 algorithm, uint256 committeeId, uint64 epoch) external view returns (uint8 seats) {
        return _approvals[algorithm][committeeId][epoch];
    }

    /// @inheritdoc IAlgorithmRegistry
    function isRunnable(bytes32 algorithm, uint256 committeeId, uint64 epoch) external view returns (bool) {
        return _approvals[algorithm][committeeId][epoch].count() >= Seats.REQUIRED;
    }

    /// @inheritdoc IAlgorithmRegistry
    function announcementOf(bytes32 algorithm, address author, bytes32 salt) public pure returns (bytes32) {
        return keccak256(abi.encode(algorithm, author, salt));
    }

    function _checkKnown(bytes32 algorithm) private view {
        if (_algorithms[algorithm].author == address(0)) revert UnknownAlgorithm(algorithm);
    }

    function _checkSeatSigner(uint256 committeeId, uint64 epoch, uint8 seat) private view {
        address[4] memory signers = COMMITTEES.signersOf(committeeId, epoch);
        if (seat >= Seats.COUNT || signers[seat] != msg.sender) {
            revert NotSeatSigner(committeeId, epoch, seat, msg.sender);
        }
    }
}
