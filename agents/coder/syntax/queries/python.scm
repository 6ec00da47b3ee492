(comment) @comment
(string) @string
(interpolation) @embedded
(identifier) @identifier
(block) @block

[(import_statement) (import_from_statement) (future_import_statement)] @import

(function_definition name: (identifier) @name body: (block) @body) @definition.function
(class_definition name: (identifier) @name body: (block) @body) @definition.class
(module (assignment left: (identifier) @name right: (_)) @definition.variable)
(class_definition body: (block (assignment left: (identifier) @name) @definition.variable))
(type_alias_statement left: (type (identifier) @name)) @definition.type
