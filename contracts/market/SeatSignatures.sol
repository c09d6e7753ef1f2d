// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IDataMarket} from "../interfaces/IDataMarket.sol";
import {Seats} from "../libraries/Seats.sol";

/// @title What nodes sign for a market, and how three of four signatures are checked
/// @dev Plain ECDSA over EIP-712 digests: 65 bytes (r, s, v), low s. Signatures stand in the order of the seats in a
/// bitmap, each checked against the key of its own seat, so that no seat can count twice.
abstract contract SeatSignatures is IDataMarket, EIP712 {
    using Seats for uint8;

    uint256 private constant SIGNATURE_BYTES = 65;

    bytes32 private constant ANSWER_TYPE_HASH = keccak256(
        "Answer(bytes32 requestId,uint8 status,bytes32 outputsHash,uint64 budgetSpent,uint32 attempt,uint8 activeSet,uint16 proofType)"
    );
    bytes32 private constant RECEIPT_TYPE_HASH =
        keccak256("Receipt(uint256 datasetId,bytes32 commitment,uint64 epoch,uint32 validRows)");

    bytes32 private constant EXHAUSTED_TYPE_HASH = keccak256("Exhausted(uint256 datasetId)");

    constructor() EIP712("Sharebridge", "1") {}

    /// @inheritdoc IDataMarket
    function digestOf(Answer calldata answer) external view returns (bytes32) {
        return _answerDigest(answer);
    }

    /// @inheritdoc IDataMarket
    function receiptDigestOf(
        uint256 datasetId,
        bytes32 commitment,
        uint64 epoch,
        uint32 validRows
    ) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(RECEIPT_TYPE_HASH, datasetId, commitment, epoch, validRows)));
    }

    function _exhaustionDigest(uint256 datasetId) internal view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(EXHAUSTED_TYPE_HASH, datasetId)));
    }

    function _answerDigest(Answer memory answer) internal view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(ANSWER_TYPE_HASH, answer)));
    }

    /// @dev Reverts unless at least three seats that exist signed `digest`, each with its own key.
    /// @param seats Bitmap of the seats that signed.
    /// @param signers The keys of the four seats.
    function _checkSignatures(
        bytes32 digest,
        uint8 seats,
        bytes memory signatures,
        address[4] memory signers
    ) internal pure {
        // Check: the bitmap, then that there is a signature for each of its seats and nothing else.
        if (!seats.areSeats()) revert InvalidSeats(seats);
        uint256 count = seats.count();
        if (count < Seats.REQUIRED) revert TooFewSignatures(count, Seats.REQUIRED);
        if (signatures.length != count * SIGNATURE_BYTES) {
            revert SignaturesLengthMismatch(signatures.length, count * SIGNATURE_BYTES);
        }

        // Check: each signature against the key of its seat.
        uint256 offset = 0;
        for (uint8 seat = 0; seat < Seats.COUNT; ++seat) {
            if (!seats.contains(seat)) continue;
            address recovered = _recover(digest, signatures, offset);
            if (recovered != signers[seat]) revert WrongSigner(seat, recovered, signers[seat]);
            offset += SIGNATURE_BYTES;
        }
    }

    /// @return recovered Zero when r, s, v are not a signature, or s is high.
    function _recover(
        bytes32 digest,
        bytes memory signatures,
        uint256 offset
    ) private pure returns (address recovered) {
        bytes32 r;
        bytes32 s;
        uint8 v;
        assembly ("memory-safe") {
            let signature := add(add(signatures, 0x20), offset)
            r := mload(signature)
            s := mload(add(signature, 0x20))
            v := byte(0, mload(add(signature, 0x40)))
        }
        (recovered, , ) = ECDSA.tryRecover(digest, v, r, s);
    }
}
