[(line_comment) (doc_comment) (container_doc_comment)] @comment
[(STRINGLITERALSINGLE) (LINESTRING) (CHAR_LITERAL)] @string
(IDENTIFIER) @identifier
[(Block) (ContainerDecl)] @block

(Decl (FnProto function: (_) @name) (Block)? @body) @definition.function
(Decl (VarDecl variable_type_function: (_) @name)) @definition.variable
