// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ComputationConsumer} from "../consumer/ComputationConsumer.sol";
import {IDataMarket} from "../interfaces/IDataMarket.sol";

/// @title Example: a contract that keeps the latest public pay-gap figures of a market
/// @dev Fund it with the market's token and LINK, then `refresh`.
contract PayGapConsumer is ComputationConsumer {
    using SafeERC20 for IERC20;

    uint32 private constant CALLBACK_GAS = 500_000;

    error OnlyOwner(address caller);

    event FiguresUpdated(bytes32 indexed requestId, int64[] figures);
    event NoAnswer(bytes32 indexed requestId, bytes err);

    address public immutable OWNER;

    /// @notice Outputs of the latest answer, scaled as the program declares.
    int64[] public figures;

    constructor(IDataMarket market, IERC20 link) ComputationConsumer(market, link) {
        OWNER = msg.sender;
    }

    /// @notice Asks for new figures.
    /// @param maxPrice Most that may be paid for them.
    /// @param maxFeeJuels Most LINK that the oracle may take for them, in juels.
    /// @param minRows Least number of rows behind them.
    function refresh(uint256 maxPrice, uint256 maxFeeJuels, uint64 minRows) external returns (bytes32 requestId) {
        // Check: the owner spends this contract's money.
        if (msg.sender != OWNER) revert OnlyOwner(msg.sender);
        return _requestComputation(
            IDataMarket.RequestParams({
                parameters: abi.encode(new int64[](0)),
                answerKey: 0,
                privateInputs: 0,
                maxPrice: maxPrice,
                minRows: minRows,
                minDatasets: 1,
                validUntilUnixS: uint64(block.timestamp),
                callback: address(this),
                callbackGas: CALLBACK_GAS
            }),
            maxFeeJuels
        );
    }

    /// @notice Takes tokens out: what was not spent, or was refunded.
    function sweep(IERC20 token) external {
        // Check: the owner's money.
        if (msg.sender != OWNER) revert OnlyOwner(msg.sender);
        token.safeTransfer(OWNER, token.balanceOf(address(this)));
    }

    /// @inheritdoc ComputationConsumer
    function _fulfillComputation(bytes32 requestId, bytes calldata response, bytes calldata err) internal override {
        if (err.length != 0) {
            emit NoAnswer(requestId, err);
            return;
        }
        figures = abi.decode(response, (int64[]));
        emit FiguresUpdated(requestId, figures);
    }
}
