// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

/// @title Who computes: committees of four nodes, in epochs
/// @notice A committee is n = 4 nodes of independent operators of which at most one is malicious.
interface ICommitteeRegistry {
    /// @param signer Address whose key signs answers, receipts and approvals (plain ECDSA).
    /// @param sealingKey X25519 public key that shares are sealed to (RFC 9180).
    /// @param tlsKeyHash SHA-256 of the SubjectPublicKeyInfo of the node's TLS certificate; peers pin it.
    /// @param endpoint URL of the node's HTTP side, e.g. `http://127.0.0.1:7001`.
    /// @param peerEndpoint `host:port` where the node's peers reach it over TLS 1.3.
    struct Seat {
        address signer;
        bytes32 sealingKey;
        bytes32 tlsKeyHash;
        string endpoint;
        string peerEndpoint;
    }

    /// @notice Emitted when a committee is founded; its first epoch is 1.
    event CommitteeCreated(uint256 indexed committeeId, uint64 epoch);

    /// @notice Thrown when no committee has this id, or it has no such epoch.
    error UnknownCommittee(uint256 committeeId, uint64 epoch);
    /// @notice Thrown when a seat lacks a signer, a sealing key, a TLS key or an endpoint.
    error IncompleteSeat(uint8 seat);
    /// @notice Thrown when two seats share a signer, a sealing key or a TLS key: the seats must be independent.
    error SeatsNotDistinct(uint8 seat, uint8 otherSeat);
    /// @notice Thrown when an endpoint is longer than `MAX_ENDPOINT_BYTES`.
    error EndpointTooLong(uint8 seat, uint256 length, uint256 maximum);

    /// @notice Founds a committee. Anyone may; a market names the committee that its sellers trust.
    function createCommittee(Seat[4] calldata seats) external returns (uint256 committeeId);

    /// @notice The epoch that new requests are computed in.
    function currentEpoch(uint256 committeeId) external view returns (uint64 epoch);

    /// @notice The four seats of an epoch, by index.
    function seatsOf(uint256 committeeId, uint64 epoch) external view returns (Seat[4] memory);

    /// @notice The four signing addresses of an epoch, by index: all that checking a proof needs.
    function signersOf(uint256 committeeId, uint64 epoch) external view returns (address[4] memory);
}
