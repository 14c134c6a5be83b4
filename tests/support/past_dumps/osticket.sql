-- phpMyAdmin SQL Dump
CREATE TABLE `sup_ticket` (
  `ticket_id` int(11) UNSIGNED NOT NULL,
  `number` varchar(20) DEFAULT NULL,
  `user_id` int(11) UNSIGNED NOT NULL DEFAULT 0,
  `status_id` int(10) UNSIGNED NOT NULL DEFAULT 0,
  `dept_id` int(10) UNSIGNED NOT NULL DEFAULT 0,
  `topic_id` int(10) UNSIGNED NOT NULL DEFAULT 0,
  `staff_id` int(10) UNSIGNED NOT NULL DEFAULT 0,
  `closed` datetime DEFAULT NULL,
  `created` datetime NOT NULL,
  `updated` datetime NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=latin1;
INSERT INTO `sup_ticket` (`ticket_id`, `number`, `user_id`, `status_id`, `dept_id`, `topic_id`, `staff_id`, `closed`, `created`, `updated`) VALUES
(1, '000123', 5, 3, 1, 2, 1, '2021-07-02 10:00:00', '2021-07-01 09:00:00', '2021-07-02 10:00:00'),
(2, '000124', 5, 1, 1, 0, 0, NULL, '2021-08-01 09:00:00', '2021-08-01 09:00:00'),
(3, '000125', 5);
INSERT INTO `sup_ticket__cdata` (`ticket_id`, `subject`, `priority`) VALUES
(1, 'Certidão de tempo de serviço', '3'),
(2, 'Crachá', '2');
INSERT INTO `sup_ticket_priority` (`priority_id`, `priority`) VALUES (2, 'normal'), (3, 'high');
INSERT INTO `sup_ticket_status` (`id`, `name`, `state`) VALUES (1, 'Open', 'open'), (3, 'Closed', 'closed');
INSERT INTO `sup_department` (`id`, `name`) VALUES (1, 'Gestão de Pessoas');
INSERT INTO `sup_help_topic` (`topic_id`, `topic`) VALUES (2, 'Certidões');
INSERT INTO `sup_staff` (`staff_id`, `firstname`, `lastname`, `email`) VALUES (1, 'Helena', 'Antunes', 'helena@orgao.gov.br');
INSERT INTO `sup_user` (`id`, `default_email_id`, `name`) VALUES (5, 9, 'Conceição Araújo');
INSERT INTO `sup_user_email` (`id`, `user_id`, `address`) VALUES (9, 5, 'conceicao@exemplo.org');
INSERT INTO `sup_user__cdata` (`user_id`, `email`, `name`, `phone`, `notes`) VALUES (5, NULL, NULL, '6133334444X12', NULL);
INSERT INTO `sup_thread` (`id`, `object_id`, `object_type`) VALUES (70, 1, 'T'), (71, 2, 'T'), (72, 1, 'A');
INSERT INTO `sup_thread_entry` (`id`, `thread_id`, `staff_id`, `user_id`, `type`, `poster`, `body`, `format`, `created`) VALUES
(200, 70, 0, 5, 'M', 'Conceição Araújo', '<p>Preciso da certid&atilde;o.</p>', 'html', '2021-07-01 09:00:00'),
(201, 70, 1, 0, 'N', 'Helena', 'Ver a pasta 12', 'text', '2021-07-01 11:00:00'),
(202, 70, 1, 0, 'R', 'Helena', '<div>Segue em anexo.</div>', 'html', '2021-07-02 10:00:00'),
(203, 71, 0, 5, 'M', 'Conceição Araújo', 'Perdi o crachá', 'text', '2021-08-01 09:00:00'),
(204, 72, 1, 0, 'N', 'Helena', 'de uma tarefa', 'text', '2021-07-01 11:00:00');
INSERT INTO `sup_attachment` (`id`, `object_id`, `type`, `file_id`, `inline`) VALUES (1, 202, 'H', 30, 0);
INSERT INTO `sup_file` (`id`, `ft`, `bk`, `type`, `size`, `key`, `name`) VALUES (30, 'T', 'D', 'application/pdf', 12, 'kA1', 'certidão.pdf');
INSERT INTO `sup_file_chunk` (`file_id`, `chunk_id`, `filedata`) VALUES (30, 1, 0x2d312e37), (30, 0, 0x25504446);
