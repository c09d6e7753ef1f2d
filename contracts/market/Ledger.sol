// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IDataMarket} from "../interfaces/IDataMarket.sol";
import {Seats} from "../libraries/Seats.sol";
import {PoolVersions} from "./PoolVersions.sol";

/// @title Every wei: escrow in, settlement, and what is owed to whom
/// @dev At all times token balance ≥ openEscrow + sellersUnclaimed + balances + dust, with equality unless somebody sends
/// tokens for nothing.
abstract contract Ledger is PoolVersions {
    using SafeERC20 for IERC20;
    using Seats for uint8;

    uint256 internal constant BPS = 10_000;

    /// @dev One slot; each is at most all that the market ever took in, which is below 2^128.
    /// `sellers`: settled for sellers and not claimed. `balances`: the sum of `_balances`.
    struct Owed {
        uint128 sellers;
        uint128 balances;
    }

    Owed private _owed;
    mapping(address account => uint256) private _balances;

    /// @inheritdoc IDataMarket
    function balanceOf(address account) external view returns (uint256) {
        return _balances[account];
    }

    /// @inheritdoc IDataMarket
    function accounts()
        external
        view
        returns (uint256 openEscrow, uint256 sellersUnclaimed, uint256 balances, uint256 dust)
    {
        openEscrow = uint256(_pool.openRequests) * _fixedTerms().price;
        // Less than one wei is ever undivided among the rows; it counts whole.
        dust = _undivided == 0 ? 0 : 1;
        sellersUnclaimed = _owed.sellers - dust;
        balances = _owed.balances;
    }

    /// @dev Takes exactly `amount` from an account, or reverts.
    function _takeIn(address from, uint256 amount) internal {
        IERC20 token = IERC20(_fixedTerms().token);
        uint256 before = token.balanceOf(address(this));
        token.safeTransferFrom(from, address(this), amount);
        uint256 received = token.balanceOf(address(this)) - before;
        if (received != amount) revert ReceivedAmountDiffers(received, amount);
    }

    function _payOut(address to, uint256 amount) internal {
        IERC20(_fixedTerms().token).safeTransfer(to, amount);
    }

    /// @dev Pays now if the token lets it, and otherwise owes it: an account that cannot be paid must not stop others.
    function _payOutOrCredit(address to, uint256 amount) internal {
        if (IERC20(_fixedTerms().token).trySafeTransfer(to, amount)) return;
        _credit(to, amount);
        _owed.balances += uint128(amount);
    }

    /// @dev Splits the escrow of one request. Author, market owner and every active seat get the floor of their part;
    /// what rounding leaves is the sellers'. The committee's part is divided equally among the signing addresses of the
    /// *active* set, which three nodes signed, not of the three whose signatures a relay happened to pass on.
    function _settle(bytes32 requestId, Request memory request, uint8 activeSet, address[4] memory signers) internal {
        Terms storage terms_ = _fixedTerms();
        uint256 price = request.price;
        uint256 authorAmount = (price * terms_.authorBps) / BPS;
        uint256 ownerAmount = (price * terms_.ownerBps) / BPS;
        uint256 seatAmount = (price * terms_.committeeBps) / BPS / activeSet.count();
        uint256 committeeAmount = seatAmount * activeSet.count();
        uint256 sellersAmount = price - authorAmount - ownerAmount - committeeAmount;

        // Effect: the sellers by row, everyone else by account.
        _closeRequest(request.poolVersion);
        _divide(request.poolVersion, request.poolRows, sellersAmount);
        _credit(_author, authorAmount);
        _credit(_marketOwner(), ownerAmount);
        for (uint256 seat = 0; seat < Seats.COUNT; ++seat) {
            if (activeSet.contains(seat)) _credit(signers[seat], seatAmount);
        }
        Owed memory owed = _owed;
        owed.sellers += uint128(sellersAmount);
        owed.balances += uint128(price - sellersAmount);
        _owed = owed;
        emit Settled(requestId, sellersAmount, authorAmount, committeeAmount, ownerAmount);
    }

    /// @dev Marks a dataset's earnings as paid; the caller transfers them.
    function _debitSellers(uint256 amount) internal {
        _owed.sellers -= uint128(amount);
    }

    function _debitBalance(address account) internal returns (uint256 amount) {
        amount = _balances[account];
        if (amount == 0) revert NothingToWithdraw(account);
        _balances[account] = 0;
        _owed.balances -= uint128(amount);
    }

    /// @dev Callers keep `_owed.balances` in step.
    function _credit(address account, uint256 amount) private {
        if (amount != 0) _balances[account] += amount;
    }
}
