// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title A token without value for development and tests; its deployer has all of it and mints more
contract TestToken is ERC20 {
    error OnlyDeployer(address caller);

    address public immutable DEPLOYER;

    constructor(string memory name_, string memory symbol_, uint256 supply) ERC20(name_, symbol_) {
        DEPLOYER = msg.sender;
        _mint(msg.sender, supply);
    }

    function mint(address to, uint256 amount) external {
        if (msg.sender != DEPLOYER) revert OnlyDeployer(msg.sender);
        _mint(to, amount);
    }
}
