// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Bitmaps of the four seats of a committee, bit i for seat i
library Seats {
    /// @dev n = 3f + 1 with f = 1.
    uint256 internal constant COUNT = 4;

    /// @dev n − f: whatever this many seats say, at least two honest ones said.
    uint256 internal constant REQUIRED = 3;

    /// @return How many seats a bitmap names. Bits above the four seats count for nothing: see `areSeats`.
    function count(uint8 seats) internal pure returns (uint256) {
        return (seats & 1) + ((seats >> 1) & 1) + ((seats >> 2) & 1) + ((seats >> 3) & 1);
    }

    /// @return True when the bitmap names seats that exist and no others.
    function areSeats(uint8 seats) internal pure returns (bool) {
        return seats < 1 << COUNT;
    }

    function contains(uint8 seats, uint256 seat) internal pure returns (bool) {
        return (seats >> seat) & 1 == 1;
    }

    /// @return True when every seat of `seats` is one of `others`.
    function areWithin(uint8 seats, uint8 others) internal pure returns (bool) {
        return seats & ~others == 0;
    }
}
