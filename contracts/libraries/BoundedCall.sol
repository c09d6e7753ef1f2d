// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Calls to strangers: a limit on the gas they get, and on how much of what they return is copied
/// @dev A plain `try` copies all return data into the caller's memory and makes it pay for as much as the callee likes.
library BoundedCall {
    /// @param gasLimit Most gas the callee gets; less when 63/64 of what is left is less (EIP-150).
    /// @param maxReturnBytes What the callee returns beyond this is not copied.
    /// @return success False when the callee reverted or ran out of gas. True for an address without code.
    /// @return returned Return or revert data, cut to `maxReturnBytes`.
    function tryCall(
        address target,
        uint256 gasLimit,
        bytes memory data,
        uint256 maxReturnBytes
    ) internal returns (bool success, bytes memory returned) {
        assembly ("memory-safe") {
            success := call(gasLimit, target, 0, add(data, 0x20), mload(data), 0, 0)
            let size := returndatasize()
            if gt(size, maxReturnBytes) { size := maxReturnBytes }
            returned := mload(0x40)
            mstore(returned, size)
            returndatacopy(add(returned, 0x20), 0, size)
            mstore(0x40, and(add(add(returned, size), 0x3f), not(0x1f)))
        }
    }
}
