// Contracts that misbehave on purpose; only tests know them.
export { GasEater__factory } from "../../../types/ethers-contracts/factories/contracts/test/WeirdConsumers.sol/GasEater__factory.ts";
export { GasMeter__factory } from "../../../types/ethers-contracts/factories/contracts/test/WeirdConsumers.sol/GasMeter__factory.ts";
export { RecordingConsumer__factory } from "../../../types/ethers-contracts/factories/contracts/test/WeirdConsumers.sol/RecordingConsumer__factory.ts";
export { ReentrantConsumer__factory } from "../../../types/ethers-contracts/factories/contracts/test/WeirdConsumers.sol/ReentrantConsumer__factory.ts";
export { ReturnBomb__factory } from "../../../types/ethers-contracts/factories/contracts/test/WeirdConsumers.sol/ReturnBomb__factory.ts";
export { GreedyGateway__factory } from "../../../types/ethers-contracts/factories/contracts/test/WeirdGateways.sol/GreedyGateway__factory.ts";
export { BlocklistToken__factory } from "../../../types/ethers-contracts/factories/contracts/test/WeirdTokens.sol/BlocklistToken__factory.ts";
export { BonusToken__factory } from "../../../types/ethers-contracts/factories/contracts/test/WeirdTokens.sol/BonusToken__factory.ts";
export { FeeOnTransferToken__factory } from "../../../types/ethers-contracts/factories/contracts/test/WeirdTokens.sol/FeeOnTransferToken__factory.ts";
export { LavishToken__factory } from "../../../types/ethers-contracts/factories/contracts/test/WeirdTokens.sol/LavishToken__factory.ts";
export { ReentrantToken__factory } from "../../../types/ethers-contracts/factories/contracts/test/WeirdTokens.sol/ReentrantToken__factory.ts";
