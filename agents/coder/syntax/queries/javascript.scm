(comment) @comment
[(string) (template_string) (regex)] @string
(template_substitution) @embedded
[(identifier) (property_identifier) (shorthand_property_identifier) (private_property_identifier)] @identifier
[(statement_block) (class_body) (switch_body)] @block

(import_statement) @import
(program (lexical_declaration (variable_declarator value: (call_expression function: (identifier)))) @import.call)

(function_declaration name: (_) @name body: (_) @body) @definition.function
(generator_function_declaration name: (_) @name body: (_) @body) @definition.function
(function_expression body: (statement_block) @body) @definition.function
(arrow_function body: (statement_block) @body) @definition.function
(method_definition name: (_) @name body: (_) @body) @definition.function
(class_declaration name: (_) @name body: (_) @body) @definition.class
(program (lexical_declaration (variable_declarator name: (identifier) @name) @definition.variable))
(program (variable_declaration (variable_declarator name: (identifier) @name) @definition.variable))
(export_statement declaration: (lexical_declaration (variable_declarator name: (identifier) @name) @definition.variable))
