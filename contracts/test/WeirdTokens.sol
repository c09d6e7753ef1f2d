// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TestToken} from "./TestToken.sol";

/// @title Adversary: keeps 1 % of every transfer between accounts
contract FeeOnTransferToken is TestToken("Fee on transfer", "FEE", 1e30) {
    function _update(address from, address to, uint256 value) internal override {
        uint256 fee = from == address(0) || to == address(0) ? 0 : value / 100;
        if (fee != 0) super._update(from, address(0), fee);
        super._update(from, to, value - fee);
    }
}

/// @title Adversary: gives 1 % more than was asked for
contract BonusToken is TestToken("Bonus", "BONUS", 1e30) {
    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (from != address(0)) super._update(address(0), to, value / 100);
    }
}

/// @title Adversary: an allowance, once given, is not used up
contract LavishToken is TestToken("Lavish", "LAVISH", 1e30) {
    function _spendAllowance(address owner, address spender, uint256 value) internal view override {
        uint256 current = allowance(owner, spender);
        if (current < value) revert ERC20InsufficientAllowance(spender, current, value);
    }
}

/// @title Adversary: refuses to pay listed accounts, as some stable coins do
contract BlocklistToken is TestToken("Blocklist", "BLOCK", 1e30) {
    error Blocked(address account);

    mapping(address account => bool) public isBlocked;

    function setBlocked(address account, bool blocked) external {
        isBlocked[account] = blocked;
    }

    function _update(address from, address to, uint256 value) internal override {
        if (isBlocked[to]) revert Blocked(to);
        super._update(from, to, value);
    }
}

/// @title Adversary: calls somebody back in the middle of a transfer, and lets the transfer fail if that call fails
contract ReentrantToken is TestToken("Reentrant", "REENTER", 1e30) {
    address private _target;
    bytes private _data;

    /// @notice Arms the next transfer with one call.
    function arm(address target, bytes calldata data) external {
        _target = target;
        _data = data;
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        address target = _target;
        if (target == address(0)) return;
        _target = address(0);
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, bytes memory reason) = target.call(_data);
        if (!success) {
            assembly ("memory-safe") {
                revert(add(reason, 0x20), mload(reason))
            }
        }
    }
}
