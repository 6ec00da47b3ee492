(comment) @comment
[(string) (raw_string) (ansi_c_string) (heredoc_body)] @string
[(command_substitution) (expansion) (simple_expansion)] @embedded
[(variable_name) (word)] @identifier
[(compound_statement) (do_group)] @block

(program (command name: (command_name) argument: (_)) @import.call)

(function_definition name: (_) @name body: (_) @body) @definition.function
(program (variable_assignment name: (_) @name) @definition.variable)
