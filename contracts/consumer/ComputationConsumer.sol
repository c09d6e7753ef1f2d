// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IComputationConsumer} from "../interfaces/IComputationConsumer.sol";
import {IDataMarket} from "../interfaces/IDataMarket.sol";
import {IOracleGateway} from "../interfaces/IOracleGateway.sol";

/// @title What a contract inherits that buys computations from one market
/// @notice The contract itself is the buyer: it holds the price (in the market's token) and the oracle's fee (in LINK, where
/// there is one), and gets refunds. Ask with `_requestComputation`; the answer arrives in `_fulfillComputation`.
abstract contract ComputationConsumer is IComputationConsumer {
    using SafeERC20 for IERC20;

    /// @notice Thrown when anyone but the market calls back.
    error OnlyMarket(address caller, address market);
    /// @notice Thrown when the market calls back for a request that this contract did not make, or that is over.
    error NotOurRequest(bytes32 requestId);
    /// @notice Thrown when the gateway of the market asks a higher fee than this contract is willing to pay.
    error FeeAboveMaximum(uint256 feeJuels, uint256 maxFeeJuels);

    /// @notice The market that this contract buys from.
    IDataMarket public immutable MARKET;
    /// @notice LINK, for the oracle's fee; zero where the market's gateway takes none.
    IERC20 public immutable LINK;

    mapping(bytes32 requestId => bool) private _isPending;

    constructor(IDataMarket market, IERC20 link) {
        MARKET = market;
        LINK = link;
    }

    /// @inheritdoc IComputationConsumer
    function fulfillComputation(bytes32 requestId, bytes calldata response, bytes calldata err) external {
        // Check: the market speaks, about a request of ours.
        if (msg.sender != address(MARKET)) revert OnlyMarket(msg.sender, address(MARKET));
        if (!_isPending[requestId]) revert NotOurRequest(requestId);

        // Effect: over. A revert in `_fulfillComputation` undoes this, so that the callback can be retried.
        _isPending[requestId] = false;
        _fulfillComputation(requestId, response, err);
    }

    /// @notice Fetches a refund that the market could only credit, because the token refused to pay this contract at the
    /// time. Anyone may call: the money comes here.
    function withdrawFromMarket() external returns (uint256 amount) {
        return MARKET.withdraw();
    }

    /// @notice True from the request until its answer or its error has been taken.
    function isPending(bytes32 requestId) public view returns (bool) {
        return _isPending[requestId];
    }

    /// @dev Approves price and fee, and asks. `params.callback` is set to this contract.
    /// @param params See `IDataMarket.RequestParams`; `callbackGas` must be above 0.
    /// @param maxFeeJuels Most LINK that the oracle may take, in juels. The market's owner chose the gateway that names the
    /// fee: without this limit it could name all that this contract has.
    function _requestComputation(
        IDataMarket.RequestParams memory params,
        uint256 maxFeeJuels
    ) internal returns (bytes32 requestId) {
        IDataMarket.Terms memory terms = MARKET.terms();
        params.callback = address(this);

        // Check: a fee that the caller is willing to pay. (The market checks its price against `params.maxPrice`.)
        uint256 fee = IOracleGateway(terms.gateway).feeJuels();
        if (fee > maxFeeJuels) revert FeeAboveMaximum(fee, maxFeeJuels);

        // Interaction: the market takes the price, the gateway its fee.
        IERC20(terms.token).forceApprove(address(MARKET), terms.price);
        if (fee != 0) LINK.forceApprove(terms.gateway, fee);
        requestId = MARKET.requestComputation(params);

        // Interaction: nothing stays approved, even if one of them took less.
        IERC20(terms.token).forceApprove(address(MARKET), 0);
        if (fee != 0) LINK.forceApprove(terms.gateway, 0);

        // Effect: the one callback that will be taken. The market cannot have called back yet.
        _isPending[requestId] = true;
    }

    /// @dev Called once per request, with exactly one of `response` and `err` set.
    /// @param response The result: abi.encode(int64[]) when public, abi.encode(bytes32[4]) when sealed.
    /// @param err An ABI-encoded error, e.g. `IDataMarket.DeadlinePassed` after a cancel (the price is back by then).
    function _fulfillComputation(bytes32 requestId, bytes calldata response, bytes calldata err) internal virtual;
}
