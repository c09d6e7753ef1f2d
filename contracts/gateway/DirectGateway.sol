// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDataMarketFactory} from "../interfaces/IDataMarketFactory.sol";
import {IOracleGateway} from "../interfaces/IOracleGateway.sol";

/// @title The gateway without an oracle: no LINK, nothing to wait for
/// @notice Nodes, or anyone who has their signatures, deliver straight to the market.
contract DirectGateway is IOracleGateway {
    /// @notice The factory whose markets may ask.
    IDataMarketFactory public immutable FACTORY;

    constructor(IDataMarketFactory factory) {
        FACTORY = factory;
    }

    /// @inheritdoc IOracleGateway
    function requestAnswer(bytes32 requestId, address payer) external {
        // Check: a market of the factory.
        if (!FACTORY.isMarket(msg.sender)) revert NotAMarket(msg.sender);

        // Effect: none but the event; there is no oracle request, so its id is zero.
        emit OracleRequested(requestId, 0, payer, 0);
    }

    /// @inheritdoc IOracleGateway
    function feeJuels() external pure returns (uint256) {
        return 0;
    }
}
