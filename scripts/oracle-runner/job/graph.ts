/** The job's `observationSource`: DOT → tasks in an order in which each comes after its inputs. */
import { type ASTBaseNode, type EdgeASTNode, type GraphASTNode, type NodeASTNode, parse } from "@ts-graphviz/ast";
import { messageOf, RunnerError } from "../errors.ts";

export interface TaskNode {
  readonly name: string;
  readonly type: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** Names of the tasks with an edge to this one, in the order of the tasks. */
  readonly inputs: readonly string[];
}

/** The Chainlink node's name for the run's own variables. */
export const RUN_VARIABLE = "jobRun";

const refuse = (message: string): never => {
  throw new RunnerError("BadGraph", message);
};

function parseGraph(source: string): GraphASTNode {
  try {
    // A Chainlink node wraps the source in the same way.
    const { children } = parse(`digraph {\n${source}\n}`);
    const [graph, ...others] = children.filter((child): child is GraphASTNode => child.type === "Graph");
    if (graph === undefined || others.length > 0) return refuse("the observationSource must hold one graph");
    return graph;
  } catch (error) {
    if (error instanceof RunnerError) throw error;
    return refuse(`the observationSource is not DOT: ${messageOf(error)}`);
  }
}

function readNode(node: NodeASTNode): { name: string; attributes: Map<string, string> } {
  const name = node.id.value;
  const attributes = new Map<string, string>();
  for (const attribute of node.children) {
    if (attribute.type !== "Attribute") continue;
    const key = attribute.key.value;
    if (attributes.has(key)) refuse(`task ${name} sets ${key} twice`);
    attributes.set(key, attribute.value.value.trim());
  }
  return { name, attributes };
}

function readEdge(edge: EdgeASTNode): [from: string, to: string][] {
  if (edge.children.some((child) => child.type === "Attribute")) refuse("edges have no attributes here");
  const names = edge.targets.map((target) =>
    "id" in target ? target.id.value : refuse("edges join single tasks here"),
  );
  return names.slice(1).map((to, index) => [names[index] as string, to]);
}

/** Tasks so ordered that inputs come first; among the possible ones, in the order in which they are written. */
function sort(names: readonly string[], edges: readonly [string, string][]): string[] {
  const sorted: string[] = [];
  let left = [...names];
  while (left.length > 0) {
    const next = left.find((name) => edges.every(([from, to]) => to !== name || sorted.includes(from)));
    if (next === undefined) return refuse(`these tasks wait for one another: ${left.join(", ")}`);
    sorted.push(next);
    left = left.filter((name) => name !== next);
  }
  return sorted;
}

/** @throws RunnerError `BadGraph` */
export function parseTaskGraph(source: string): TaskNode[] {
  const attributesOf = new Map<string, Map<string, string>>();
  const edges: [string, string][] = [];
  for (const statement of parseGraph(source).children as ASTBaseNode[]) {
    if (statement.type === "Node") {
      const { name, attributes } = readNode(statement as NodeASTNode);
      if (attributesOf.has(name)) refuse(`two tasks are named ${name}`);
      if (name === RUN_VARIABLE || name === "input") refuse(`a task cannot be named ${name}`);
      attributesOf.set(name, attributes);
    } else if (statement.type === "Edge") {
      edges.push(...readEdge(statement as EdgeASTNode));
    } else if (statement.type !== "Comment") {
      refuse(`only tasks and edges may stand in the graph, not a ${statement.type}`);
    }
  }
  if (attributesOf.size === 0) refuse("the graph has no task");
  const strangers = [...new Set(edges.flat())].filter((name) => !attributesOf.has(name));
  if (strangers.length > 0) refuse(`edges name tasks that are not there: ${strangers.join(", ")}`);
  const order = sort([...attributesOf.keys()], edges);
  return order.map((name) => {
    const attributes = attributesOf.get(name) as Map<string, string>;
    const type = attributes.get("type") ?? refuse(`task ${name} has no type`);
    attributes.delete("type");
    return {
      name,
      type,
      attributes,
      inputs: order.filter((from) => edges.some((edge) => edge[0] === from && edge[1] === name)),
    };
  });
}
