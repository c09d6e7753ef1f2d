// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IDataMarket} from "../interfaces/IDataMarket.sol";
import {IDatasetRegistry} from "../interfaces/IDatasetRegistry.sol";
import {IMarketUpkeep} from "../interfaces/IMarketUpkeep.sol";
import {Ledger} from "./Ledger.sol";
import {SeatSignatures} from "./SeatSignatures.sol";

/// @title The sellers' side: joining with three nodes' receipts, leaving, being paid
abstract contract Membership is Ledger, SeatSignatures, ReentrancyGuardTransient {
    /// @inheritdoc IDataMarket
    function join(
        uint256 datasetId,
        uint32 validRows,
        uint8 receiptSeats,
        bytes calldata receipts
    ) external nonReentrant {
        // Check: the caller's dataset, not in the pool, shared with the committee that computes here.
        if (isMember(datasetId)) revert AlreadyJoined(datasetId);
        IDatasetRegistry.Dataset memory dataset = DATASETS.datasetOf(datasetId);
        _checkOwner(datasetId);
        Terms memory terms_ = _fixedTerms();
        if (dataset.committeeId != terms_.committeeId || dataset.epoch != COMMITTEES.currentEpoch(dataset.committeeId)) {
            revert WrongCommittee(datasetId, dataset.committeeId, dataset.epoch);
        }
        // Check: a weight that the dataset can have.
        if (validRows == 0) revert TooFewRows(0, 1);
        if (validRows > dataset.rows) revert TooManyValidRows(datasetId, validRows, dataset.rows);
        // Check: a pool that the program still computes on without overflow.
        uint256 rows = uint256(_pool.rows) + validRows;
        if (rows > terms_.maxRows) revert PoolFull(rows, terms_.maxRows);
        // Check: the seller consented to these terms.
        DATASETS.checkConsent(datasetId, terms_);
        // Check: three nodes hold the shares behind this commitment and found so many rows valid.
        _checkSignatures(
            receiptDigestOf(datasetId, dataset.commitment, dataset.epoch, validRows),
            receiptSeats,
            receipts,
            COMMITTEES.signersOf(dataset.committeeId, dataset.epoch)
        );

        // Effect: one more dataset in the pool.
        uint256 earlierEarnings = _addMember(datasetId, validRows, dataset.commitment);
        emit DatasetJoined(datasetId, msg.sender, validRows, dataset.commitment, _poolHash, _pool.version);

        // Interaction: what an earlier stay still had to get.
        _payEarnings(datasetId, msg.sender, earlierEarnings);
    }

    /// @inheritdoc IDataMarket
    function leavePool(uint256 datasetId) external nonReentrant {
        // Check: in the pool, the caller's.
        IDatasetRegistry.Dataset memory dataset = _memberDataset(datasetId);
        _checkOwner(datasetId);

        // Effect: out of every request from now on; in those already made.
        _takeOut(datasetId, dataset.commitment);
    }

    /// @inheritdoc IDataMarket
    function removeExhausted(uint256 datasetId, uint8 seats, bytes calldata signatures) external nonReentrant {
        // Check: in the pool, and used up by the count of three nodes.
        IDatasetRegistry.Dataset memory dataset = _memberDataset(datasetId);
        address[4] memory signers = COMMITTEES.signersOf(dataset.committeeId, dataset.epoch);
        _checkSignatures(_exhaustionDigest(datasetId), seats, signatures, signers);

        // Effect: out of every request from now on, for ever.
        _takeOut(datasetId, dataset.commitment);
        _markExhausted(datasetId);
    }

    /// @inheritdoc IDataMarket
    /// @dev Nothing earned yet is no error: the call still folds.
    function claim(uint256 datasetId) external nonReentrant returns (uint256 amount) {
        // Check: it was in the pool once.
        if (!_isKnownMember(datasetId)) revert NotJoined(datasetId);

        // Effect: folded, and marked as paid.
        amount = _takeEarnings(datasetId);

        // Interaction: earnings follow the dataset's token.
        _payEarnings(datasetId, IERC721(address(DATASETS)).ownerOf(datasetId), amount);
    }

    /// @inheritdoc IMarketUpkeep
    function fold(uint256 maxVersions) external nonReentrant returns (uint256 folded) {
        return _fold(maxVersions);
    }

    /// @inheritdoc IDataMarket
    function withdraw() external nonReentrant returns (uint256 amount) {
        // Effect: the caller's balance, which must not be zero.
        amount = _debitBalance(msg.sender);
        emit Withdrawn(msg.sender, amount);

        // Interaction: the money.
        _payOut(msg.sender, amount);
    }

    function _memberDataset(uint256 datasetId) private view returns (IDatasetRegistry.Dataset memory) {
        if (!isMember(datasetId)) revert NotJoined(datasetId);
        return DATASETS.datasetOf(datasetId);
    }

    function _takeOut(uint256 datasetId, bytes32 commitment) private {
        _removeMember(datasetId, commitment);
        emit DatasetLeft(datasetId, _poolHash, _pool.version);
    }

    function _payEarnings(uint256 datasetId, address to, uint256 amount) private {
        if (amount == 0) return;
        _debitSellers(amount);
        emit Claimed(datasetId, to, amount);
        _payOut(to, amount);
    }

    function _checkOwner(uint256 datasetId) private view {
        if (IERC721(address(DATASETS)).ownerOf(datasetId) != msg.sender) revert NotDatasetOwner(datasetId, msg.sender);
    }
}
