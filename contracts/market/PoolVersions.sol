// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDataMarket} from "../interfaces/IDataMarket.sol";
import {IMarketUpkeep} from "../interfaces/IMarketUpkeep.sol";
import {MarketTerms} from "./MarketTerms.sol";

/// @title Who is in the pool, and what a row of it has earned: O(1) however many datasets there are
/// @dev Money per row is kept in units of wei / 2^64. A settlement of `amount` on a version with `rows` rows divides
/// `amount · 2^64 + undivided` by `rows`; the remainder is the next `undivided`, so that over all settlements
///     Σ rows · accPerRow + undivided = Σ amounts · 2^64            (nothing is lost, nothing is paid twice)
/// and a dataset is owed the floor of rows · Σ accPerRow / 2^64 over the versions it was in. Cumulated over its whole
/// stay, that is less than one wei below its exact part.
///
/// `accPerRow` of versions behind the frontier is their own; of the frontier and all before it, the sum up to and
/// including it. The sum of versions [from, to) is therefore acc[to − 1] − acc[from − 1].
abstract contract PoolVersions is MarketTerms, IMarketUpkeep {
    /// @notice Versions that `claim` and `join` fold by themselves.
    uint256 public constant FOLDS_PER_CALL = 8;

    uint256 private constant UNITS_PER_WEI = 1 << 64;

    uint8 private constant JOINED = 1;
    uint8 private constant LEFT = 2;

    /// @dev One slot. `requests` counts all requests ever (the next nonce); versions count from 1.
    struct Pool {
        uint40 version;
        uint40 frontier;
        uint64 rows;
        uint32 datasets;
        uint32 requests;
        uint32 openRequests;
    }

    /// @dev One slot. `requested`: some request was made on it, so the next change opens another version.
    struct Version {
        uint32 open;
        bool requested;
        uint208 accPerRow;
    }

    /// @dev One slot. In the pool for versions [fromVersion, toVersion); `toVersion` is 0 while it stays. Once `exhausted` it
    /// never comes back.
    struct Member {
        uint32 rows;
        uint40 fromVersion;
        uint40 toVersion;
        bool exhausted;
        uint128 paid;
    }

    Pool internal _pool;
    bytes32 internal _poolHash;
    mapping(uint256 version => Version) private _versions;
    mapping(uint256 datasetId => Member) private _members;

    /// @inheritdoc IDataMarket
    function pool() external view returns (bytes32 poolHash, uint64 poolVersion, uint64 rows, uint32 datasets) {
        return (_poolHash, _pool.version, _pool.rows, _pool.datasets);
    }

    /// @inheritdoc IDataMarket
    function isMember(uint256 datasetId) public view returns (bool) {
        Member storage member = _members[datasetId];
        return member.rows != 0 && member.toVersion == 0;
    }

    /// @inheritdoc IDataMarket
    function earningsOf(uint256 datasetId) external view returns (uint256) {
        return _earned(_members[datasetId], FOLDS_PER_CALL);
    }

    /// @inheritdoc IMarketUpkeep
    function frontier() external view returns (uint64) {
        return _pool.frontier;
    }

    // ----- members

    function _openFirstVersion() internal {
        _pool.version = 1;
        _pool.frontier = 1;
    }

    /// @dev Adds a dataset. Whoever left may come back once its earlier stay is settled.
    /// @return earlierEarnings What that stay has earned and not been paid.
    function _addMember(
        uint256 datasetId,
        uint32 rows,
        bytes32 commitment
    ) internal returns (uint256 earlierEarnings) {
        Member storage member = _members[datasetId];
        if (member.rows != 0) {
            if (member.exhausted) revert DatasetExhausted(datasetId);
            _fold(FOLDS_PER_CALL);
            uint40 folded = _pool.frontier;
            bool stayed = member.toVersion > member.fromVersion;
            if (stayed && member.toVersion > folded) {
                revert EarlierStayUnsettled(datasetId, folded, member.toVersion);
            }
            earlierEarnings = _earned(member, 0);
        }
        uint40 version = _changePool(JOINED, datasetId, rows, commitment);
        _pool.rows += rows;
        ++_pool.datasets;
        _members[datasetId] = Member({rows: rows, fromVersion: version, toVersion: 0, exhausted: false, paid: 0});
    }

    function _removeMember(uint256 datasetId, bytes32 commitment) internal {
        Member storage member = _members[datasetId];
        uint32 rows = member.rows;
        member.toVersion = _changePool(LEFT, datasetId, rows, commitment);
        _pool.rows -= rows;
        --_pool.datasets;
    }

    function _markExhausted(uint256 datasetId) internal {
        _members[datasetId].exhausted = true;
    }

    function _isKnownMember(uint256 datasetId) internal view returns (bool) {
        return _members[datasetId].rows != 0;
    }

    /// @dev What `claim` pays: folds, then marks as paid what has been earned.
    function _takeEarnings(uint256 datasetId) internal returns (uint256 amount) {
        _fold(FOLDS_PER_CALL);
        Member storage member = _members[datasetId];
        amount = _earned(member, 0);
        // The amount is at most all that this market ever took in: 2^32 requests of less than 2^96 wei.
        member.paid += uint128(amount);
    }

    /// @dev Links a change into the hash chain; it falls into the current version, or opens the next.
    function _changePool(
        uint8 kind,
        uint256 datasetId,
        uint32 rows,
        bytes32 commitment
    ) private returns (uint40 version) {
        version = _pool.version;
        if (_versions[version].requested) _pool.version = ++version;
        _poolHash = keccak256(abi.encode(_poolHash, kind, datasetId, commitment, rows));
    }

    // ----- requests

    /// @return nonce Running number of the request.
    function _openRequest() internal returns (uint64 nonce) {
        nonce = _pool.requests;
        _pool.requests = uint32(nonce) + 1;
        ++_pool.openRequests;
        Version storage version = _versions[_pool.version];
        version.requested = true;
        ++version.open;
    }

    function _closeRequest(uint64 version) internal {
        --_pool.openRequests;
        --_versions[version].open;
    }

    /// @dev Divides the sellers' share of one request among the rows that it was computed on.
    function _divide(uint64 version, uint64 rows, uint256 amount) internal {
        uint256 units = amount * UNITS_PER_WEI + _undivided;
        // Each fits: all amounts together are below 2^128 wei, hence 2^192 units; a remainder is below 2^64.
        _versions[version].accPerRow += uint208(units / rows);
        _undivided = uint64(units % rows);
    }

    // ----- folding

    function _fold(uint256 maxVersions) internal returns (uint256 folded) {
        uint40 front = _pool.frontier;
        uint40 current = _pool.version;
        while (folded < maxVersions && front < current && _versions[front].open == 0) {
            _versions[front + 1].accPerRow += _versions[front].accPerRow;
            ++front;
            ++folded;
        }
        if (folded != 0) _pool.frontier = front;
    }

    /// @dev What a member has earned and not been paid, as it would be after `maxFolds` more folds.
    function _earned(Member storage member, uint256 maxFolds) private view returns (uint256) {
        uint256 from = member.fromVersion;
        uint256 to = member.toVersion == 0 ? _pool.version + 1 : member.toVersion;
        (uint256 lastVersion, uint256 upToLast) = _prefix(to - 1, maxFolds);
        if (from == 0 || to == from || lastVersion < from) return 0;
        (, uint256 beforeFirst) = _prefix(from - 1, maxFolds);
        return (member.rows * (upToLast - beforeFirst)) / UNITS_PER_WEI - member.paid;
    }

    /// @return reached The version asked for, or the frontier where it is earlier.
    /// @return sum Money per row of all versions up to and including `reached`.
    function _prefix(uint256 version, uint256 maxFolds) private view returns (uint256 reached, uint256 sum) {
        reached = _pool.frontier;
        if (version <= reached) return (version, _versions[version].accPerRow);
        sum = _versions[reached].accPerRow;
        for (; maxFolds != 0 && reached < version && _versions[reached].open == 0; --maxFolds) {
            sum += _versions[++reached].accPerRow;
        }
    }
}
