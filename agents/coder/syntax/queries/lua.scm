(comment) @comment
(string) @string
(identifier) @identifier
(block) @block

(chunk (variable_declaration (assignment_statement (expression_list value: (function_call)))) @import.call)

(function_declaration name: (_) @name body: (_)? @body) @definition.function
(function_definition body: (_)? @body) @definition.function
(chunk (variable_declaration (assignment_statement (variable_list name: (identifier) @name))) @definition.variable)
