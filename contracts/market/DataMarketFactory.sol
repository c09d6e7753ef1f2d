// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IAlgorithmRegistry} from "../interfaces/IAlgorithmRegistry.sol";
import {ICommitteeRegistry} from "../interfaces/ICommitteeRegistry.sol";
import {IDataMarket} from "../interfaces/IDataMarket.sol";
import {IDataMarketFactory} from "../interfaces/IDataMarketFactory.sol";
import {IDatasetRegistry} from "../interfaces/IDatasetRegistry.sol";
import {DataMarket} from "./DataMarket.sol";

/// @title Makes markets
/// @dev Deploys the implementation itself, so that implementation, registries and factory cannot be mismatched. Nothing
/// here has an owner, and no market can be changed or upgraded.
contract DataMarketFactory is IDataMarketFactory {
    /// @notice Most gas that a market may promise to callbacks. The oracle's transaction has the `gasLimit` of the job spec
    /// (adapter/jobs/computation.toml), 2,500,000; the Operator and the delivery of the longest result need the rest of it.
    uint32 public constant MAX_CALLBACK_GAS = 1_500_000;
    /// @notice Longest time from a request to its deadline: how long escrow, and payouts behind it, can be held back.
    uint32 public constant MAX_DEADLINE_SECONDS = 30 days;
    /// @dev A delta of 1, in units of `Terms.deltaPerRequest`.
    uint256 private constant WHOLE_DELTA = 1e18;

    /// @notice The contract that every market is a clone of.
    address public immutable IMPLEMENTATION;

    ICommitteeRegistry private immutable _COMMITTEES;
    IAlgorithmRegistry private immutable _ALGORITHMS;
    IDatasetRegistry private immutable _DATASETS;

    /// @inheritdoc IDataMarketFactory
    mapping(address account => bool) public isMarket;

    constructor(ICommitteeRegistry committees_, IAlgorithmRegistry algorithms_, IDatasetRegistry datasets_) {
        _COMMITTEES = committees_;
        _ALGORITHMS = algorithms_;
        _DATASETS = datasets_;
        IMPLEMENTATION = address(new DataMarket(committees_, algorithms_, datasets_));
    }

    /// @inheritdoc IDataMarketFactory
    function createMarket(IDataMarket.Terms calldata terms) external returns (address market) {
        // Check: a known algorithm and committee, and terms that can be kept.
        address author = _ALGORITHMS.algorithmOf(terms.algorithm).author;
        _COMMITTEES.currentEpoch(terms.committeeId);
        _checkTerms(terms);

        // Effect: a new clone with its terms.
        market = Clones.clone(IMPLEMENTATION);
        isMarket[market] = true;
        emit MarketCreated(market, terms.algorithm, msg.sender, terms);
        DataMarket(market).initialize(terms, msg.sender, author);
    }

    /// @inheritdoc IDataMarketFactory
    function committees() external view returns (ICommitteeRegistry) {
        return _COMMITTEES;
    }

    /// @inheritdoc IDataMarketFactory
    function algorithms() external view returns (IAlgorithmRegistry) {
        return _ALGORITHMS;
    }

    /// @inheritdoc IDataMarketFactory
    function datasets() external view returns (IDatasetRegistry) {
        return _DATASETS;
    }

    function _checkTerms(IDataMarket.Terms calldata terms) private view {
        uint256 bps = uint256(terms.sellersBps) + terms.authorBps + terms.committeeBps + terms.ownerBps;
        if (bps != 10_000) revert IDataMarket.SplitsMustSumTo10000(bps);
        if (terms.deadlineSeconds == 0) revert IDataMarket.ZeroDeadline();
        if (terms.deadlineSeconds > MAX_DEADLINE_SECONDS) {
            revert IDataMarket.DeadlineTooLong(terms.deadlineSeconds, MAX_DEADLINE_SECONDS);
        }
        if (terms.maxRows == 0 || terms.minRows > terms.maxRows) {
            revert IDataMarket.RowLimitsOutOfOrder(terms.minRows, terms.maxRows);
        }
        if (terms.cohortSellers > terms.cohortRows || terms.cohortRows > terms.maxRows) {
            revert IDataMarket.CohortOutOfBounds(terms.cohortRows, terms.cohortSellers, terms.maxRows);
        }
        bool deltaAlone = terms.epsilonPerRequest == 0 && terms.deltaPerRequest != 0;
        if (deltaAlone || terms.deltaPerRequest >= WHOLE_DELTA) {
            revert IDataMarket.PrivacyCostOutOfBounds(terms.epsilonPerRequest, terms.deltaPerRequest);
        }
        if (terms.maxCallbackGas > MAX_CALLBACK_GAS) {
            revert IDataMarket.CallbackGasOutOfBounds(terms.maxCallbackGas, MAX_CALLBACK_GAS);
        }
        if (terms.gateway.code.length == 0) revert IDataMarket.NoContract(terms.gateway);
        if (terms.token.code.length == 0) revert IDataMarket.NoContract(terms.token);
    }
}
