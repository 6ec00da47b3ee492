[(comment) (documentation_comment)] @comment
(string_literal) @string
(template_substitution) @embedded
[(identifier) (type_identifier)] @identifier
[(block) (class_body) (enum_body)] @block

(import_or_export) @import

(function_signature name: (_) @name) @definition.function
(constructor_signature name: (_) @name) @definition.function
(class_definition name: (_) @name body: (_) @body) @definition.class
(enum_declaration name: (_) @name body: (_) @body) @definition.class
