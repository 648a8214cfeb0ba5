import Scripting
