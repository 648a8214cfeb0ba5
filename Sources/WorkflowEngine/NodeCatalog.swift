// The node types of this version: a new one is a file in Nodes and a line here. The loader refuses duplicates.

package import Workflows

package enum NodeCatalog {
  package static let types: [NodeType] = [
    CalculationNode.type,
    ConditionNode.type,
    DelayNode.type,
    EndNode.type,
    LoopNode.type,
    MapNode.type,
    OutputNode.type,
    ParallelNode.type,
    QueryJSONNode.type,
    RequestNode.type,
    ResponseNode.type,
    ScriptNode.type,
    SwitchNode.type,
    VariableNode.type,
    WaitNode.type,
  ]
}
