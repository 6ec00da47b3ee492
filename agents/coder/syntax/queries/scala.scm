[(comment) (block_comment)] @comment
[(string) (interpolated_string) (character_literal)] @string
(interpolation) @embedded
[(identifier) (type_identifier)] @identifier
[(block) (template_body) (indented_block)] @block

(import_declaration) @import

(function_definition name: (_) @name body: (_) @body) @definition.function
(function_declaration name: (_) @name) @definition.function
(class_definition name: (_) @name body: (_)? @body) @definition.class
(trait_definition name: (_) @name body: (_)? @body) @definition.class
(object_definition name: (_) @name body: (_)? @body) @definition.class
(enum_definition name: (_) @name body: (_) @body) @definition.class
(type_definition name: (_) @name) @definition.type
(template_body (val_definition pattern: (identifier) @name) @definition.variable)
