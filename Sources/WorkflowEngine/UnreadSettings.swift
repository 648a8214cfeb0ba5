// Stands in for the settings of a node that the loader has refused, so that reading can go on to the next problem.

import Workflows

struct UnreadSettings: NodeSettings {}
