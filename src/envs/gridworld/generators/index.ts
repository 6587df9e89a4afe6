export { generateKeyCorridor, type KeyCorridorOptions, keyCorridors } from "./key-corridor.js";
export { generateMaze, type MazeAlgorithm, type MazeOptions, mazes } from "./maze.js";
export { generateMemoryMaze, generateTMaze, memoryMazes, type TMazeOptions, tMazes } from "./memory.js";
export {
  type DynamicObstaclesOptions,
  dynamicObstacles,
  generateDynamicObstacles,
  generateLavaCrossing,
  type LavaCrossingOptions,
  lavaCrossings,
} from "./obstacles.js";
export {
  type FourRoomsOptions,
  fourRooms,
  generateFourRooms,
  generateRooms,
  type RoomsOptions,
  rooms,
} from "./rooms.js";
export {
  generateSokoban,
  generateSokobanLevel,
  type SokobanLevel,
  type SokobanOptions,
  sokobans,
} from "./sokoban.js";
