import {
  fourRooms,
  keyCorridors,
  lavaCrossings,
  mazes,
  memoryMazes,
  rooms,
  sokobans,
  tMazes,
} from "./generators/index.js";
import type { GridworldTask } from "./gridworld.js";

/** A registered task and what the best player gets. */
export interface RatedTask extends GridworldTask {
  readonly maxEpisodeSteps: number;
  /**
   * The best expected sum of rewards within the time limit, from `tabulate` and `finiteHorizonValues`; a test computes
   * it again. Where maps are generated, the mean over the first ten.
   */
  readonly optimalReturn: number;
}

/** From the trivial to the hard. */
export const gridworldTasks: readonly RatedTask[] = [
  {
    id: "Ludus/EmptyRoom-v0",
    map: ["#######", "#A....#", "#.....#", "#.....#", "#.....#", "#....G#", "#######"],
    maxEpisodeSteps: 100,
    optimalReturn: 0.92,
  },
  {
    id: "Ludus/OneWay-v0",
    map: ["#########", "#A>..<.G#", "#v#v##^##", "#.>..>..#", "#^#<##v##", "#....<..#", "#########"],
    maxEpisodeSteps: 100,
    optimalReturn: 0.9,
  },
  {
    id: "Ludus/Teleports-v0",
    map: [
      "###########",
      "#A..#1...2#",
      "#..1#....3#",
      "#..3#...4.#",
      "###########",
      "#..4#.....#",
      "#...#..2.G#",
      "###########",
    ],
    maxEpisodeSteps: 100,
    optimalReturn: 0.93,
  },
  {
    id: "Ludus/LavaGap-v0",
    map: ["#########", "#A..L...#", "#...L...#", "#.......#", "#...L...#", "#...L..G#", "#########"],
    defaults: { slip: 0.1 },
    maxEpisodeSteps: 100,
    optimalReturn: 0.688567778796,
  },
  {
    id: "Ludus/IceLake-v0",
    map: [
      "##########",
      "#A~~~~L~~#",
      "#~~~L~~~~#",
      "#~~~~#~~~#",
      "#~~#~~~~##",
      "#~~~~~~~~#",
      "##~~~~~~~#",
      "#~~L#~~~~#",
      "#G~~#~#~~#",
      "##########",
    ],
    maxEpisodeSteps: 100,
    optimalReturn: 0.84,
  },
  {
    id: "Ludus/FourRooms-v0",
    // The map and the first goal of Sutton, Precup and Singh (1999).
    map: [
      "#############",
      "#.....#.....#",
      "#.....#.....#",
      "#...........#",
      "#.....#.....#",
      "#.....#.....#",
      "##.####.....#",
      "#.A...###G###",
      "#.....#.....#",
      "#.....#.....#",
      "#...........#",
      "#.....#.....#",
      "#############",
    ],
    defaults: { randomStart: true },
    maxEpisodeSteps: 200,
    optimalReturn: 0.924077669903,
  },
  {
    id: "Ludus/RandomFourRooms-v0",
    generator: fourRooms,
    maxEpisodeSteps: 200,
    optimalReturn: 0.92,
  },
  {
    id: "Ludus/DoorKey-v0",
    map: ["########", "#..#...#", "#A.#...#", "#..R...#", "#.r#...#", "#..#..G#", "########"],
    maxEpisodeSteps: 200,
    optimalReturn: 0.9,
  },
  {
    id: "Ludus/DynamicObstacles-v0",
    map: ["#######", "#A....#", "#..-..#", "#.....#", "#..?..#", "#....G#", "#######"],
    defaults: { actions: "moves+stay" },
    maxEpisodeSteps: 100,
    optimalReturn: 0.91695706507,
  },
  {
    id: "Ludus/LavaCrossing-v0",
    generator: lavaCrossings,
    maxEpisodeSteps: 200,
    optimalReturn: 0.854,
  },
  {
    id: "Ludus/Rooms-v0",
    generator: rooms,
    maxEpisodeSteps: 300,
    optimalReturn: 0.896,
  },
  {
    id: "Ludus/Maze-v0",
    generator: mazes,
    maxEpisodeSteps: 300,
    optimalReturn: 0.712,
  },
  {
    id: "Ludus/TMaze-v0",
    generator: tMazes,
    defaults: { view: "partial", viewSize: 3 },
    maxEpisodeSteps: 50,
    optimalReturn: 0.93,
  },
  {
    id: "Ludus/MemoryMaze-v0",
    generator: memoryMazes,
    defaults: { view: "partial", viewSize: 5, actions: "turns", seeThroughWalls: false },
    maxEpisodeSteps: 400,
    optimalReturn: 0.797,
  },
  {
    id: "Ludus/TwoAgents-v0",
    map: [
      "###########",
      "#A..#.....#",
      "#..yR....G#",
      "#####.....#",
      "#..rY....G#",
      "#A..#.....#",
      "###########",
    ],
    defaults: { actions: "moves+stay" },
    maxEpisodeSteps: 200,
    optimalReturn: 0.91,
  },
  {
    id: "Ludus/KeyCorridor-v0",
    generator: keyCorridors,
    defaults: { view: "partial", actions: "turns", seeThroughWalls: false },
    maxEpisodeSteps: 300,
    optimalReturn: 0.74,
  },
  {
    id: "Ludus/PushBoxes-v0",
    map: ["#######", "#..o..#", "#.$.$.#", "#..A..#", "#..o..#", "#.....#", "#######"],
    defaults: { boxReward: 0.1 },
    maxEpisodeSteps: 100,
    optimalReturn: 1.07,
  },
  {
    id: "Ludus/Sokoban-v0",
    generator: sokobans,
    defaults: { boxReward: 0.1 },
    maxEpisodeSteps: 200,
    optimalReturn: 1.117,
  },
  {
    id: "Ludus/Grid-v0",
    map: [
      "##########",
      "#A..#~~~.#",
      "#.b.B~~~~#",
      "#...##v###",
      "#1#..-...#",
      "###.$.o.1#",
      "#.......G#",
      "##########",
    ],
    maxEpisodeSteps: 200,
    optimalReturn: 0.88,
  },
];
