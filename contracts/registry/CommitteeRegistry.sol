// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICommitteeRegistry} from "../interfaces/ICommitteeRegistry.sol";
import {Seats} from "../libraries/Seats.sol";

/// @title Who computes
/// @dev Nothing here has an owner: a committee's first epoch is what its founder wrote, for good. A later epoch will need
/// three outgoing signatures and a timelock; every reader already names the epoch it means.
contract CommitteeRegistry is ICommitteeRegistry {
    /// @notice Longest endpoint or peer endpoint, in bytes.
    uint256 public constant MAX_ENDPOINT_BYTES = 255;

    uint64 private constant FIRST_EPOCH = 1;

    /// @notice How many committees there are; their ids count from 1.
    uint256 public committeeCount;

    mapping(uint256 committeeId => uint64) private _currentEpoch;
    mapping(uint256 committeeId => mapping(uint64 epoch => Seat[4])) private _seats;

    /// @inheritdoc ICommitteeRegistry
    function createCommittee(Seat[4] calldata seats) external returns (uint256 committeeId) {
        // Check: four complete seats that have no key in common.
        for (uint8 seat = 0; seat < Seats.COUNT; ++seat) {
            _checkComplete(seat, seats[seat]);
            for (uint8 other = 0; other < seat; ++other) {
                if (_shareAKey(seats[seat], seats[other])) revert SeatsNotDistinct(seat, other);
            }
        }

        // Effect: a new committee in its first epoch.
        committeeId = ++committeeCount;
        _currentEpoch[committeeId] = FIRST_EPOCH;
        for (uint256 seat = 0; seat < Seats.COUNT; ++seat) {
            _seats[committeeId][FIRST_EPOCH][seat] = seats[seat];
        }
        emit CommitteeCreated(committeeId, FIRST_EPOCH);
    }

    /// @inheritdoc ICommitteeRegistry
    function currentEpoch(uint256 committeeId) external view returns (uint64 epoch) {
        epoch = _currentEpoch[committeeId];
        if (epoch == 0) revert UnknownCommittee(committeeId, 0);
    }

    /// @inheritdoc ICommitteeRegistry
    function seatsOf(uint256 committeeId, uint64 epoch) external view returns (Seat[4] memory seats) {
        seats = _seats[committeeId][epoch];
        if (seats[0].signer == address(0)) revert UnknownCommittee(committeeId, epoch);
    }

    /// @inheritdoc ICommitteeRegistry
    function signersOf(uint256 committeeId, uint64 epoch) external view returns (address[4] memory signers) {
        Seat[4] storage seats = _seats[committeeId][epoch];
        for (uint256 seat = 0; seat < Seats.COUNT; ++seat) {
            signers[seat] = seats[seat].signer;
        }
        if (signers[0] == address(0)) revert UnknownCommittee(committeeId, epoch);
    }

    function _checkComplete(uint8 index, Seat calldata seat) private pure {
        uint256 endpointLength = bytes(seat.endpoint).length;
        uint256 peerEndpointLength = bytes(seat.peerEndpoint).length;
        bool keysMissing = seat.signer == address(0) || seat.sealingKey == 0 || seat.tlsKeyHash == 0;
        if (keysMissing || endpointLength == 0 || peerEndpointLength == 0) revert IncompleteSeat(index);
        if (endpointLength > MAX_ENDPOINT_BYTES) revert EndpointTooLong(index, endpointLength, MAX_ENDPOINT_BYTES);
        if (peerEndpointLength > MAX_ENDPOINT_BYTES) {
            revert EndpointTooLong(index, peerEndpointLength, MAX_ENDPOINT_BYTES);
        }
    }

    function _shareAKey(Seat calldata a, Seat calldata b) private pure returns (bool) {
        return a.signer == b.signer || a.sealingKey == b.sealingKey || a.tlsKeyHash == b.tlsKeyHash;
    }
}
