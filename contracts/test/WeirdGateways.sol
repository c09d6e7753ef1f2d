// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOracleGateway} from "../interfaces/IOracleGateway.sol";

/// @title Adversary: names any fee it likes, and leaves it with the payer until later
contract GreedyGateway is IOracleGateway {
    /// @inheritdoc IOracleGateway
    uint256 public feeJuels;

    constructor(uint256 fee) {
        feeJuels = fee;
    }

    /// @inheritdoc IOracleGateway
    function requestAnswer(bytes32 requestId, address payer) external {
        emit OracleRequested(requestId, 0, payer, feeJuels);
    }
}
