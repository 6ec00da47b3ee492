[(comment) (pod)] @comment
[(string_literal) (interpolated_string_literal) (heredoc_content)] @string
[(scalar) (array) (hash) (bareword) (function) (method)] @identifier
(block) @block

(use_statement) @import

(subroutine_declaration_statement name: (_) @name body: (_) @body) @definition.function
(package_statement name: (_) @name) @definition.module
