// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ComputationConsumer} from "../consumer/ComputationConsumer.sol";
import {IComputationConsumer} from "../interfaces/IComputationConsumer.sol";
import {IDataMarket} from "../interfaces/IDataMarket.sol";

/// @title Records what it is told; reverts while it is told to; measures the gas it is given
contract RecordingConsumer is ComputationConsumer {
    error NotInTheMood(uint256 number);

    bytes public response;
    bytes public err;
    uint256 public calls;
    uint256 public gasGiven;
    bool public moody;

    constructor(IDataMarket market, IERC20 link) ComputationConsumer(market, link) {}

    function request(IDataMarket.RequestParams memory params, uint256 maxFeeJuels) external returns (bytes32) {
        return _requestComputation(params, maxFeeJuels);
    }

    function setMoody(bool moody_) external {
        moody = moody_;
    }

    function _fulfillComputation(bytes32, bytes calldata response_, bytes calldata err_) internal override {
        gasGiven = gasleft();
        if (moody) revert NotInTheMood(42);
        response = response_;
        err = err_;
        ++calls;
    }
}

/// @title Says how much gas it was given, however long the answer
contract GasMeter is IComputationConsumer {
    event Called(uint256 gasGiven, uint256 responseBytes);

    /// @inheritdoc IComputationConsumer
    function fulfillComputation(bytes32, bytes calldata response, bytes calldata) external {
        emit Called(gasleft(), response.length);
    }
}

/// @title Adversary: uses up all gas it gets
contract GasEater is IComputationConsumer {
    /// @inheritdoc IComputationConsumer
    function fulfillComputation(bytes32, bytes calldata, bytes calldata) external pure {
        uint256 i = 0;
        while (true) ++i;
    }
}

/// @title Adversary: reverts with as much data as its gas lets it return
contract ReturnBomb is IComputationConsumer {
    /// @inheritdoc IComputationConsumer
    function fulfillComputation(bytes32, bytes calldata, bytes calldata) external pure {
        assembly ("memory-safe") {
            revert(0, 200000)
        }
    }
}

/// @title Adversary: calls the market from within its callback, and reports how that went
contract ReentrantConsumer is IComputationConsumer {
    event Reentered(bool success, bytes returned);

    bytes private _data;

    function arm(bytes calldata data) external {
        _data = data;
    }

    /// @inheritdoc IComputationConsumer
    function fulfillComputation(bytes32, bytes calldata, bytes calldata) external {
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, bytes memory returned) = msg.sender.call(_data);
        emit Reentered(success, returned);
    }
}
