// The node types of this version: a new one is a file in Nodes and a line here. The loader refuses duplicates.

package import Workflows

package enum NodeCatalog {
  package static let types: [NodeType] = [
    ConditionNode.type,
    EndNode.type,
    MapNode.type,
    OutputNode.type,
    RequestNode.type,
    ResponseNode.type,
    SwitchNode.type,
    VariableNode.type,
  ]
}
